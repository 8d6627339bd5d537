"use client";

import { useState } from "react";
import { counted } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";

/** Asked when an unban reaches many hosts, or came from the keyboard. */
export function UnbanQuestion({
  what,
  hostCount,
  off,
  run,
  close,
}: {
  /** The address, or “3 addresses”. */
  what: string;
  hostCount: number;
  off: string | null;
  run: () => Promise<boolean>;
  close: () => void;
}) {
  const [sending, setSending] = useState(false);
  const submit = () => {
    if (off !== null || sending) return;
    setSending(true);
    void run().then((taken) => {
      setSending(false);
      if (taken) close();
    });
  };
  return (
    <form
      aria-label={`Unban ${what}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2 className="text-15 font-head">
        Unban <span className="mono">{what}</span> on {counted(hostCount, "host")}?
      </h2>
      <p className="mt-1 mb-4 text-t2">fail2ban may ban it again after the next failures.</p>
      <div className="flex flex-wrap items-center gap-2">
        <span className="mr-auto text-t3">You can undo this</span>
        <Button onClick={close}>Cancel</Button>
        <Button
          type="submit"
          kind="primary"
          disabled={off !== null || sending}
          title={off ?? undefined}
          autoFocus
        >
          Unban on {counted(hostCount, "host")}
        </Button>
      </div>
    </form>
  );
}
