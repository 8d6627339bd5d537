"use client";

import { Copy, Plus } from "lucide-react";
import { useState } from "react";
import { createJoinTokenAction } from "../../app/actions/join-token.ts";
import { clockMinute } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent } from "../ui/dialog.tsx";
import { useToast } from "../ui/toast.tsx";

type Token =
  | { kind: "making" }
  | { kind: "made"; command: string; expiresAtMs: number }
  | { kind: "refused"; message: string };

/** “Connect a host…”: one line to run there, good for one host within the hour. */
export function ConnectHostDialog({ off }: { off: string | null }) {
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [token, setToken] = useState<Token>({ kind: "making" });
  const make = () => {
    setOpen(true);
    setToken({ kind: "making" });
    createJoinTokenAction()
      .then((answer) =>
        setToken(
          answer.ok
            ? {
                kind: "made",
                command: `npx banwatch agent --server ${window.location.origin} --join ${answer.token}`,
                expiresAtMs: answer.expiresAtMs,
              }
            : { kind: "refused", message: answer.message },
        ),
      )
      .catch(() => setToken({ kind: "refused", message: "The server could not be reached." }));
  };
  const copy = (text: string) => {
    navigator.clipboard
      .writeText(text)
      .then(() => toast({ text: "Copied the command" }))
      .catch(() => toast({ text: "The browser did not allow copying: select the line.", tone: "crit" }));
  };
  return (
    <>
      <Button disabled={off !== null} title={off ?? undefined} onClick={make}>
        <Plus aria-hidden className="size-3.5" />
        Connect a host…
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent
          title="Connect a host"
          description="Run this line there as root, in a copy of Banwatch. The host appears here as soon as its agent has joined."
          className="max-w-[620px]"
        >
          {token.kind === "making" ? <p className="text-t3">Making a token…</p> : null}
          {token.kind === "refused" ? (
            <p role="alert" className="text-crit">
              {token.message}
            </p>
          ) : null}
          {token.kind === "made" ? (
            <>
              <div className="flex items-start gap-2 rounded-control bg-s2 p-3">
                <code className="mono min-w-0 flex-1 break-all">{token.command}</code>
                <button
                  type="button"
                  aria-label="Copy the command"
                  onClick={() => copy(token.command)}
                  className="touchable grid size-6 shrink-0 place-items-center rounded-control text-t2 hover:bg-s3 hover:text-t1"
                >
                  <Copy aria-hidden className="size-4" />
                </button>
              </div>
              <p className="mt-3 text-t2">
                Good for one host, until {clockMinute(token.expiresAtMs)} UTC. The token names this server’s
                key: the agent talks to no other. It needs no open port on the host, and no SSH.
              </p>
              <PlainHttpNote />
            </>
          ) : null}
        </DialogContent>
      </Dialog>
    </>
  );
}

function PlainHttpNote() {
  if (window.location.protocol === "https:") return null;
  return (
    <p className="mt-2 text-t2">
      This page came over plain HTTP. The agent still proves who it is and checks who it talks to, but what it
      sends can be read on the way: use HTTPS outside a network that you trust.
    </p>
  );
}
