/* oxlint-disable jsx-a11y/no-autofocus -- A dialog that opened has the focus; it belongs on what is asked. */
"use client";

import { type FormEvent, useId, useState } from "react";
import { revokeHostAction } from "../../app/actions/revoke-host.ts";
import type { HostRow } from "../../lib/query/hosts.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/input.tsx";

/** “Revoke…”: can't be undone, so the host's name is typed. */
export function RevokeHost({
  host,
  off,
  changed,
}: {
  host: HostRow;
  off: string | null;
  changed: () => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button disabled={off !== null} title={off ?? undefined} onClick={() => setOpen(true)}>
        Revoke…
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent
          title={`Revoke ${host.name}?`}
          description="Its agent’s key is refused from then on, for good. Its past events stay. To connect it again, it needs a new token."
        >
          <RevokeForm host={host} off={off} changed={changed} close={() => setOpen(false)} />
        </DialogContent>
      </Dialog>
    </>
  );
}

const UNREACHABLE = { ok: false, message: "The server could not be reached. Nothing was changed." } as const;

function RevokeForm({
  host,
  off,
  changed,
  close,
}: {
  host: HostRow;
  off: string | null;
  changed: () => void;
  close: () => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== host.name || sending) return;
    setSending(true);
    const answer = await revokeHostAction({ hostId: host.id }).catch(() => UNREACHABLE);
    setSending(false);
    changed();
    if (answer.ok) close();
    else setRefusal(answer.message);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      <Field label={`Type ${host.name} to go on`} htmlFor={id} error={refusal}>
        <Input
          id={id}
          value={typed}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button
          type="submit"
          kind="primary"
          disabled={typed.trim() !== host.name || sending || off !== null}
          title={off ?? undefined}
        >
          Revoke {host.name}
        </Button>
      </div>
    </form>
  );
}
