"use client";

import { Plus } from "lucide-react";
import { createJoinTokenAction } from "../../app/actions/join-token.ts";
import { AnotherHost } from "../first-run/another-host.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog.tsx";

/** “Connect a host…”: one line to run there, good for one host within the hour. */
export function ConnectHostDialog({ off }: { off: string | null }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button disabled={off !== null} title={off ?? undefined}>
          <Plus aria-hidden className="size-3.5" />
          Connect a host…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Connect a host"
        description="Run one line there. The host appears here as soon as its agent has joined; it needs no open port and no SSH."
        className="max-w-[620px]"
      >
        <AnotherHost createToken={createJoinTokenAction} />
      </DialogContent>
    </Dialog>
  );
}
