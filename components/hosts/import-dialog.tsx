"use client";

import { Upload } from "lucide-react";
import { ImportFile } from "../first-run/import-file.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog.tsx";

/** “Import a log…”: the past of a machine that has no agent. */
export function ImportDialog({ off }: { off: string | null }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button disabled={off !== null} title={off ?? undefined}>
          <Upload aria-hidden className="size-3.5" />
          Import a log…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Import a log"
        description="For machines without an agent: an agent reads the logs of its own machine, older ones too."
        className="max-w-[620px]"
      >
        <ImportFile />
      </DialogContent>
    </Dialog>
  );
}
