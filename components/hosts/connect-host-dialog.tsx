"use client";

import { useState } from "react";
import { Plus } from "lucide-react";
import { createJoinTokenAction } from "../../app/actions/join-token.ts";
import { watchThisMachineAction } from "../../app/actions/watch-this-machine.ts";
import { AnotherHost } from "../first-run/another-host.tsx";
import { type LocalAgent, ThisMachine } from "../first-run/this-machine.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";

/** The machine that Banwatch itself runs on. */
export type OwnMachine = { name: string; localAgent: LocalAgent };

/** “Connect a host…”: one line to run there, good for one host within the hour; or one click for this machine. */
export function ConnectHostDialog({ machine, off }: { machine: OwnMachine; off: string | null }) {
  const [way, setWay] = useState<"this" | "other">("other");
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
        description="The host appears here as soon as its agent has joined; it needs no open port and no SSH."
        className="max-w-[620px]"
      >
        <Segmented
          label="Which host"
          className="mb-2.5"
          value={way}
          onChange={setWay}
          options={[
            { value: "other", label: "Another host" },
            { value: "this", label: "This machine" },
          ]}
        />
        {way === "this" ? (
          <ThisMachine
            machineName={machine.name}
            localAgent={machine.localAgent}
            watching={false}
            watch={watchThisMachineAction}
          />
        ) : (
          <AnotherHost createToken={createJoinTokenAction} />
        )}
      </DialogContent>
    </Dialog>
  );
}
