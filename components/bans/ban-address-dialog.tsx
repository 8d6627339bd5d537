/* oxlint-disable jsx-a11y/no-autofocus -- A dialog that opened has the focus; it belongs on what is asked. */
"use client";

import { useId, useState } from "react";
import { Plus } from "lucide-react";
import type { Acts } from "../actions/use-acts.ts";
import { useCtrlEnter } from "../actions/use-ctrl-enter.ts";
import { counted } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog.tsx";
import { Glyph } from "../ui/glyph.tsx";
import { Field, Input } from "../ui/input.tsx";
import { SelectMenu } from "../ui/menu.tsx";
import { Checks } from "./checks.tsx";
import { refusalOf, useBannable } from "./use-bannable.ts";

/** “Ban an address…”: an address or network typed, checked while it is typed. */
export function BanAddressDialog({
  hosts,
  acts,
  off,
}: {
  hosts: readonly { id: string; name: string }[];
  acts: Acts;
  off: string | null;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button disabled={off !== null} title={off ?? undefined} aria-label="Ban an address…">
          <Plus aria-hidden className="size-3.5" />
          Ban an address…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Ban an address permanently"
        description="It stays blocked on the hosts’ own firewall, also when fail2ban restarts."
      >
        <BanAddressForm hosts={hosts} acts={acts} off={off} close={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function BanAddressForm({
  hosts,
  acts,
  off,
  close,
}: {
  hosts: readonly { id: string; name: string }[];
  acts: Acts;
  off: string | null;
  close: () => void;
}) {
  const addressId = useId();
  const reasonId = useId();
  const [typed, setTyped] = useState("");
  const [host, setHost] = useState("all");
  const [reason, setReason] = useState("");
  const [sending, setSending] = useState(false);
  const address = typed.trim();
  const bannable = useBannable(address);
  const refusal = refusalOf(bannable);
  const count = host === "all" ? hosts.length : 1;
  const ready =
    off === null && !sending && bannable?.kind === "checked" && refusal === null && hosts.length > 0;

  const submit = async () => {
    if (!ready) return;
    setSending(true);
    const scope = host === "all" ? ({ kind: "all" } as const) : { kind: "hosts" as const, hostIds: [host] };
    const taken = await acts.ban(address, scope, count, reason.trim());
    setSending(false);
    if (taken) close();
  };
  useCtrlEnter(() => void submit());

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      className="grid gap-3.5"
    >
      <Field label="Address or network" htmlFor={addressId}>
        <Input
          id={addressId}
          value={typed}
          maxLength={49}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder="203.0.113.7 or 203.0.113.0/24"
          className="mono"
          aria-invalid={refusal !== null}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
      <div className="flex items-center justify-between gap-3">
        <span className="text-t2">Where</span>
        <SelectMenu
          label="Where"
          value={host}
          onChange={setHost}
          options={[
            { value: "all", label: `All ${counted(hosts.length, "host")}` },
            ...hosts.map((each) => ({ value: each.id, label: each.name })),
          ]}
        />
      </div>
      <Field label="Reason, optional" htmlFor={reasonId}>
        <Input
          id={reasonId}
          value={reason}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <Checks bannable={bannable} />
      {hosts.length === 0 ? (
        <p className="text-t2">No host has an agent yet. Connect one on the page Hosts first.</p>
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-t3 max-tab:sr-only">
          {refusal === null ? "You can undo this" : null}
        </span>
        <Button onClick={close}>Cancel</Button>
        {refusal === null ? (
          <Button type="submit" kind="primary" disabled={!ready} title={off ?? undefined}>
            Ban {address} on {counted(count, "host")}
          </Button>
        ) : (
          <p role="alert" className="flex basis-full gap-2 text-crit">
            <Glyph name="needs-you" size={13} className="mt-0.5" />
            <span>Can’t be banned. {refusal}</span>
          </p>
        )}
      </div>
    </form>
  );
}
