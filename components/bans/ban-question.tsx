"use client";

import { useId, useState } from "react";
import type { BanDetail } from "../../lib/query/ban-detail.ts";
import type { BanRow } from "../../lib/query/bans.ts";
import type { Acts, Scope } from "../actions/use-acts.ts";
import { useCtrlEnter } from "../actions/use-ctrl-enter.ts";
import { counted } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { Glyph } from "../ui/glyph.tsx";
import { Input } from "../ui/input.tsx";
import { endOf } from "./ban-words.ts";
import { Checks } from "./checks.tsx";
import { ScopeChoice } from "./scope-choice.tsx";
import { refusalOf, useBannable } from "./use-bannable.ts";
import { type Loaded, useJson } from "./use-json.ts";

const NAMES_SHOWN = 4;

/** “Ban 121.18.238.104 permanently?”: where, why, what was checked, and the button that says all of it. */
export function BanQuestion({
  row,
  hostTotal,
  everywhere,
  nowMs,
  acts,
  off,
  close,
}: {
  row: BanRow;
  hostTotal: number;
  /** Whether all hosts are chosen at first. */
  everywhere: boolean;
  nowMs: number;
  acts: Acts;
  off: string | null;
  close: () => void;
}) {
  const { address } = row;
  const title = useId();
  const reasonId = useId();
  const detail = useJson<BanDetail>(`/api/query/ban?address=${encodeURIComponent(address)}`);
  const bannable = useBannable(address);
  const [chosen, setChosen] = useState<"blocking" | "all">(
    everywhere || row.hostCount === 0 ? "all" : "blocking",
  );
  const [reason, setReason] = useState("");
  const [sending, setSending] = useState(false);
  const blocking = blockingHosts(detail);
  const refusal = refusalOf(bannable);
  const all = chosen === "all";
  const count = all ? hostTotal : (blocking?.length ?? row.hostCount);
  const ready = off === null && !sending && bannable?.kind === "checked" && (all || blocking !== null);

  const submit = async () => {
    if (!ready || refusal !== null) return;
    const scope: Scope = all
      ? { kind: "all" }
      : { kind: "hosts", hostIds: (blocking ?? []).map((host) => host.id) };
    setSending(true);
    const taken = await acts.ban(address, scope, count, reason.trim());
    setSending(false);
    if (taken) close();
  };
  useCtrlEnter(() => void submit());

  return (
    <form
      aria-labelledby={title}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2 id={title} className="text-15 font-head">
        Ban <span className="mono">{address}</span> {all ? `on all ${hostTotal} hosts` : "permanently"}?
      </h2>
      <p className="mt-1 mb-3.5 text-t2">
        {blockedNow(row, nowMs)} A permanent ban has no end and survives restarts of fail2ban.
      </p>
      <ScopeChoice
        value={chosen}
        onChange={(value) => setChosen(value === "all" ? "all" : "blocking")}
        options={[
          ...(row.hostCount === 0
            ? []
            : [
                {
                  value: "blocking",
                  label:
                    row.hostCount === 1
                      ? "The host that blocks it now"
                      : `The ${row.hostCount} hosts that block it now`,
                  note: blocking === null ? "…" : someNames(blocking.map((host) => host.name)),
                },
              ]),
          {
            value: "all",
            label: hostTotal === 1 ? "Every host (1)" : `All ${hostTotal} hosts`,
            note: silentNote(detail),
          },
        ]}
      />
      <label htmlFor={reasonId} className="mt-3.5 mb-1 block text-t2">
        Reason, optional
      </label>
      <Input
        id={reasonId}
        value={reason}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="mt-3">
        <Checks bannable={bannable} />
      </div>
      <div className="mt-3 flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-t3 max-tab:sr-only">
          {refusal === null ? "You can undo this" : null}
        </span>
        <Button onClick={close}>Cancel</Button>
        {refusal === null ? (
          <Button type="submit" kind="primary" disabled={!ready} title={off ?? undefined}>
            {all ? "Ban" : "Ban permanently"} on {counted(count, "host")}
          </Button>
        ) : (
          <p role="alert" className="flex basis-full gap-2 text-crit">
            <Glyph name="needs-you" size={13} className="mt-0.5" />
            <span>Can’t be banned. {refusal}</span>
          </p>
        )}
      </div>
      {off === null ? null : <p className="mt-2 text-t2">{off}</p>}
    </form>
  );
}

function blockedNow(row: BanRow, nowMs: number): string {
  if (row.hostCount === 0) return "Nothing blocks it now.";
  const end = endOf(row, nowMs);
  return row.permanent || row.untilMs === null ? "Blocked now." : `Blocked now until ${end.at}.`;
}

function blockingHosts(detail: Loaded<BanDetail>): { id: string; name: string }[] | null {
  if (detail.kind !== "loaded") return null;
  const names = new Map(detail.data.bans.map((ban) => [ban.hostId, ban.hostName]));
  return [...names].map(([id, name]) => ({ id, name }));
}

export function someNames(names: readonly string[]): string {
  if (names.length <= NAMES_SHOWN + 1) return names.join(", ");
  return `${names.slice(0, NAMES_SHOWN).join(", ")} and ${names.length - NAMES_SHOWN} more`;
}

function silentNote(detail: Loaded<BanDetail>): string {
  if (detail.kind !== "loaded") return "…";
  const silent = detail.data.hosts.filter((host) => host.silent).map((host) => host.name);
  if (silent.length === 0) return "and every host that joins later";
  return `${someNames(silent)} when ${silent.length === 1 ? "its agent is" : "their agents are"} back`;
}
