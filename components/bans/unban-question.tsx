/* oxlint-disable jsx-a11y/no-autofocus -- A dialog that opened has the focus; it belongs on what is asked. */
"use client";

import { useState } from "react";
import { useCtrlEnter } from "../actions/use-ctrl-enter.ts";
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
  const submit = async () => {
    if (off !== null || sending) return;
    setSending(true);
    const taken = await run();
    setSending(false);
    if (taken) close();
  };
  useCtrlEnter(() => void submit());
  return (
    <form
      aria-label={`Unban ${what}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2 className="text-15 font-head">
        Unban <span className="mono">{what}</span> on {counted(hostCount, "host")}?
      </h2>
      <p className="mt-1 mb-4 text-t2">fail2ban may ban it again after the next failures.</p>
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-t3 max-tab:sr-only">You can undo this</span>
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
