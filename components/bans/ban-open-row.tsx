"use client";

import Link from "next/link";
import { useEffect } from "react";
import type { ActionProgress } from "../../lib/query/action-progress.ts";
import type { BanDetail, HostBan, StandingRule } from "../../lib/query/ban-detail.ts";
import type { BanRow } from "../../lib/query/bans.ts";
import { ActionPanel } from "../actions/action-panel.tsx";
import { actionOutcome, actionTitle, exactTime, whenOf } from "../actions/action-words.ts";
import { inTwoColumns, TWO_COLUMNS } from "../actions/two-columns.ts";
import type { Permission } from "../actions/permission.ts";
import type { Acts } from "../actions/use-acts.ts";
import { counted, span } from "../charts/format.ts";
import { useLiveQuery } from "../live/use-live.ts";
import { cx } from "../ui/cx.ts";
import { Glyph } from "../ui/glyph.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { someNames } from "./ban-question.tsx";
import { near } from "./ban-words.ts";

/** What an open row shows: the action under way, then the address on each host that blocks it, then what was done. */
export function BanOpenRow({
  row,
  nowMs,
  acts,
  permission,
}: {
  row: BanRow;
  nowMs: number;
  acts: Acts;
  permission: Permission;
}) {
  const url = `/api/query/ban?address=${encodeURIComponent(row.address)}`;
  const { data, problem, reload } = useLiveQuery<BanDetail | null>(url, null, ["bans", "commands", "hosts"]);
  // Nothing came with the page for this row.
  useEffect(() => reload(), [reload]);
  if (data === null) {
    return problem === null ? (
      <div className="grid gap-2 py-2">
        <Skeleton className="h-5 w-64" />
        <Skeleton className="h-9 w-full" />
      </div>
    ) : (
      <p role="alert" className="flex items-center gap-3 py-2">
        This address could not be loaded. {problem.message}
        <Button onClick={reload}>Try again</Button>
      </p>
    );
  }
  const current = currentAction(data, row.action);
  const earlier = data.actions.filter((action) => action.id !== current?.id);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pt-1 pb-4">
      {current === null ? null : (
        <ActionPanel
          action={current}
          nowMs={nowMs}
          undo={permission.mayAct && current.verb !== "undo" ? (action) => void acts.undo(action) : null}
          again={permission.mayAct ? (command) => void acts.again(row.address, command) : null}
          off={permission.off}
        />
      )}
      <HostBans bans={data.bans} nowMs={nowMs} open={current === null} />
      <Rules rules={data.rules} address={row.address} nowMs={nowMs} />
      {earlier.length > 0 ? <Earlier actions={earlier} nowMs={nowMs} /> : null}
    </div>
  );
}

/** The newest action while the row says that something is under way, else the last one when it isn't all done. */
function currentAction(detail: BanDetail, pinned: ActionProgress | null): ActionProgress | null {
  const [newest] = detail.actions;
  if (newest === undefined) return null;
  return pinned !== null || newest.completedAtMs === null ? newest : null;
}

function HostBans({ bans, nowMs, open }: { bans: readonly HostBan[]; nowMs: number; open: boolean }) {
  if (bans.length === 0) return <p className="text-t2">No host blocks this address now.</p>;
  const hosts = Map.groupBy(bans, (ban) => ban.hostId);
  return (
    <details open={open}>
      <summary className="w-fit font-head">
        Blocked on {counted(hosts.size, "host")}{" "}
        <span className="font-normal text-t3">as last seen in each firewall</span>
      </summary>
      <ul
        className={cx("mt-1 border-t border-line", hosts.size > 3 && TWO_COLUMNS)}
        style={inTwoColumns(hosts.size)}
      >
        {[...hosts].map(([id, ofHost]) => (
          <li
            key={id}
            className="flex min-h-[34px] flex-wrap items-center gap-x-4 gap-y-0.5 border-b border-line py-1 tab:grid tab:grid-cols-[110px_1fr]"
          >
            <Link
              href={`/hosts?row=${id}`}
              className="truncate font-strong underline-offset-2 hover:underline"
            >
              {ofHost[0]?.hostName}
            </Link>
            <span className="flex flex-wrap gap-x-5 text-t2">
              {ofHost.map((ban) => (
                <HostBanText key={`${ban.enforcer} ${ban.jail}`} ban={ban} nowMs={nowMs} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function HostBanText({ ban, nowMs }: { ban: HostBan; nowMs: number }) {
  return (
    <span className="whitespace-nowrap">
      {ban.enforcer === "banwatch" ? (
        "Banwatch"
      ) : (
        <>
          fail2ban <span className="mono text-t1">{ban.jail}</span>
        </>
      )}{" "}
      <time
        dateTime={new Date(ban.sinceMs).toISOString()}
        title={`since ${exactTime(ban.sinceMs)}`}
        className="text-t3"
      >
        {near(ban.sinceMs, nowMs)}
      </time>
      <span className="text-t3"> to </span>
      <HostBanEnd ban={ban} nowMs={nowMs} />
    </span>
  );
}

function HostBanEnd({ ban, nowMs }: { ban: HostBan; nowMs: number }) {
  if (ban.silentSinceMs !== null) {
    return (
      <span className="inline-flex items-center gap-1.5 text-warn">
        <Glyph name="degraded" size={13} /> unknown,{" "}
        {ban.silentSinceMs === 0 ? "agent never seen" : `agent silent ${span(nowMs - ban.silentSinceMs)}`}
      </span>
    );
  }
  if (!ban.untilKnown) return <span className="text-t3">an end that is not known</span>;
  if (ban.untilMs === null) return <span className="font-strong text-t1">no end</span>;
  return (
    <time dateTime={new Date(ban.untilMs).toISOString()} title={exactTime(ban.untilMs)}>
      {near(ban.untilMs, nowMs)}
    </time>
  );
}

/** Rules of one action are one wish, on several hosts. */
function Rules({
  rules,
  address,
  nowMs,
}: {
  rules: readonly StandingRule[];
  address: string;
  nowMs: number;
}) {
  const wishes = Map.groupBy(rules, (rule) => `${rule.effect} ${rule.prefix} ${rule.atMs}`);
  return [...wishes].map(([key, same]) => {
    const [rule] = same;
    if (rule === undefined) return null;
    const hosts = same.map((each) => each.hostName ?? "every host");
    return (
      <p key={key} className="text-t2">
        <strong className="font-strong text-t1">
          {rule.prefix === address ? "This address" : <span className="mono">{rule.prefix}</span>}{" "}
          {rule.effect === "deny" ? "must be blocked" : "must never be banned"}
        </strong>{" "}
        on {someNames(hosts)}
        {rule.untilMs === null ? ", without end" : ` until ${near(rule.untilMs, nowMs)}`}
        {rule.actorName === null ? "" : `: rule of ${rule.actorName}`}
        {rule.atMs === null ? "" : `, ${near(rule.atMs, nowMs)}`}
        {rule.reason ? `, “${rule.reason}”` : ""}.
      </p>
    );
  });
}

function Earlier({ actions, nowMs }: { actions: readonly ActionProgress[]; nowMs: number }) {
  return (
    <section aria-label="Done before">
      <h3 className="font-head">Done before</h3>
      <ul className="mt-1">
        {actions.map((action) => (
          <li key={action.id} className="py-0.5 text-t2">
            <time dateTime={new Date(action.atMs).toISOString()} className="text-t3">
              {whenOf(action.atMs, nowMs)}
            </time>{" "}
            <Link
              href={`/actions?row=${action.id}`}
              className="text-t1 underline decoration-line2 underline-offset-2"
            >
              {actionTitle(action)}
            </Link>{" "}
            by {action.actorName}: {actionOutcome(action)}
            {action.undoneBy === null ? "" : ", undone"}
          </li>
        ))}
      </ul>
    </section>
  );
}
