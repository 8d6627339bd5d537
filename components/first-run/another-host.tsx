"use client";

import { useState } from "react";
import { Copy, KeyRound } from "lucide-react";
import { clockMinute, span } from "../charts/format.ts";
import { useNow } from "../live/use-now.ts";
import { Button } from "../ui/button.tsx";
import { joinCommand } from "./join-command.ts";

export type CreateJoinToken = () => Promise<
  { ok: true; token: string; expiresAtMs: number; packageHash: string } | { ok: false; message: string }
>;

/** One line to run on the other host, with a token that is good for one host and one hour. */
export function AnotherHost({ createToken }: { createToken: CreateJoinToken }) {
  const [token, setToken] = useState<{ command: string; expiresAtMs: number } | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const now = useNow(0);
  const make = async () => {
    setBusy(true);
    setProblem(null);
    setCopied(false);
    const answer = await createToken().catch(() => ({
      ok: false as const,
      message: "Banwatch could not be reached. Try again.",
    }));
    setBusy(false);
    if (answer.ok) {
      setToken({
        command: joinCommand(window.location.origin, answer.token, answer.packageHash),
        expiresAtMs: answer.expiresAtMs,
      });
    } else setProblem(answer.message);
  };
  const ended = token !== null && now > token.expiresAtMs;
  if (token === null || ended) {
    return (
      <>
        <div className="flex flex-wrap items-center gap-3 rounded-control border border-line2 bg-s2 py-2 pr-2 pl-4">
          <p className="min-w-0 flex-1">
            {ended
              ? "The token has ended. Make a new line."
              : "The line holds a token for one host, good for one hour."}
          </p>
          <Button kind="primary" className="tab:h-9" disabled={busy} onClick={() => void make()}>
            <KeyRound aria-hidden className="size-4" />
            {busy ? "Making the line…" : "Make the line"}
          </Button>
        </div>
        {problem ? (
          <p role="alert" className="mt-2 text-crit">
            {problem}
          </p>
        ) : null}
        <TransportNote />
      </>
    );
  }
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(token.command);
      setCopied(true);
    } catch {
      setProblem("The browser did not allow copying: select the line and copy it by hand.");
    }
  };
  return (
    <>
      <div className="flex items-center gap-3 rounded-control border border-line2 bg-s2 py-2 pr-2 pl-4">
        <code className="mono min-w-0 flex-1 break-all select-all">
          <span aria-hidden className="text-t3 select-none">
            #{" "}
          </span>
          {token.command}
        </code>
        <Button kind="primary" className="tab:h-9" onClick={() => void copy()}>
          <Copy aria-hidden className="size-3.5" />
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
      {problem ? (
        <p role="alert" className="mt-2 text-crit">
          {problem}
        </p>
      ) : null}
      <p className="mt-2 text-t2">
        The host needs Node.js 20 or later, curl and root. The token works for one host and ends at{" "}
        {clockMinute(token.expiresAtMs)} UTC
        {now === 0 ? "" : `, in ${span(token.expiresAtMs - now)}`}.
      </p>
      <TransportNote />
    </>
  );
}

/** What the browser's own way to Banwatch means for the line. */
function TransportNote() {
  const [way, setWay] = useState<{ plain: boolean; loopback: boolean } | null>(null);
  const now = useNow(0);
  // Known only in the browser; the first picture is the same on both sides.
  if (now !== 0 && way === null) {
    const { protocol, hostname } = window.location;
    setWay({ plain: protocol === "http:", loopback: /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) });
  }
  if (way === null) return null;
  return (
    <>
      {way.loopback ? (
        <p className="mt-1 text-t1">
          You opened Banwatch as {window.location.host}, and the line says so: on another host that is the
          host itself. Open Banwatch by an address that the host can reach, or put that address into the line.
        </p>
      ) : null}
      {way.plain ? (
        <p className="mt-1 text-t2">
          This is plain HTTP: log lines can be read on the way. Commands are signed and the line checks the
          agent that it fetches, so the host runs nothing that was changed on the way to it. Somebody between
          this browser and Banwatch could change the line itself: use HTTPS or a tunnel when a network between
          is not yours.
        </p>
      ) : null}
    </>
  );
}
