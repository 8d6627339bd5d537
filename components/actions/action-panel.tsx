"use client";

import { useState } from "react";
import { Undo2 } from "lucide-react";
import type { ActionProgress, CommandProgress, CommandState } from "../../lib/query/action-progress.ts";
import { counted, span } from "../charts/format.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { actionTitle, exactTime, STATE_WORD, took, whenOf } from "./action-words.ts";
import { inTwoColumns, TWO_COLUMNS } from "./two-columns.ts";
import { type Again, CommandRow } from "./command-row.tsx";
import { CommandSteps, STATE_TEXT } from "./command-steps.tsx";

/** Verified hosts are rows with their proof up to this many, and a list of names above. */
const VERIFIED_AS_ROWS = 4;
/** Above this many hosts, those under way are counted and shown on demand. */
const ALL_SHOWN_UP_TO = 50;

const SHOWN: readonly CommandState[] = [
  "verified",
  "applied",
  "delivered",
  "queued",
  "drifted",
  "failed",
  "expired",
];
const UNDER_WAY: ReadonlySet<CommandState> = new Set(["queued", "delivered", "applied"]);

/** One action on all its hosts: exceptions first, then what is under way, then the verified ones. */
export function ActionPanel({
  action,
  nowMs,
  undo,
  again,
  off,
}: {
  action: ActionProgress;
  nowMs: number;
  undo: ((action: ActionProgress) => void) | null;
  again: Again | null;
  off: string | null;
}) {
  const [all, setAll] = useState(false);
  const many = action.hostCount > ALL_SHOWN_UP_TO;
  const isVerified = (command: CommandProgress) => command.state === "verified";
  const verified = action.commands.filter(isVerified);
  const verifiedAsRows = verified.length <= VERIFIED_AS_ROWS;
  const rows = action.commands.filter(
    (command) => (!isVerified(command) || verifiedAsRows) && (all || !many || !UNDER_WAY.has(command.state)),
  );
  return (
    <section aria-label={actionTitle(action)}>
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="text-14 font-head">{actionTitle(action)}</h3>
        <p className="text-t2">
          by {action.actorName} at{" "}
          <time dateTime={new Date(action.atMs).toISOString()} title={exactTime(action.atMs)}>
            {whenOf(action.atMs, nowMs)}
          </time>
          {action.reason ? <>, “{action.reason}”</> : null}
        </p>
        <div className="ml-auto flex items-center gap-2">
          {action.undoneBy === null ? null : <span className="text-t2">Undone</span>}
          {undo !== null && action.undoneBy === null ? (
            <>
              <span className="text-t3 max-wide:hidden">
                Undo puts {action.hostCount === 1 ? "the host" : `all ${action.hostCount} hosts`} back as
                before
              </span>
              <Button disabled={off !== null} title={off ?? undefined} onClick={() => undo(action)}>
                <Undo2 aria-hidden className="size-3.5" />
                Undo
              </Button>
            </>
          ) : null}
        </div>
      </header>
      <div className="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1">
        {SHOWN.filter((state) => action.counts[state] > 0).map((state) => (
          <span key={state} className="flex items-center gap-2">
            <CommandSteps state={state} />
            <span
              className={cx(STATE_TEXT[state], state === "failed" || state === "drifted" ? "" : "text-t2")}
            >
              <strong className={cx("font-head", STATE_TEXT[state])}>{action.counts[state]}</strong>{" "}
              {STATE_WORD[state].toLowerCase()}
            </span>
          </span>
        ))}
        <span className="ml-auto text-t3">
          {action.completedAtMs === null
            ? `${span(nowMs - action.atMs)} since start`
            : `verified in ${took(action.completedAtMs - action.atMs)}`}
        </span>
      </div>
      {rows.length > 0 ? (
        <ul
          className={cx("mt-2 border-t border-line", rows.length > 3 && TWO_COLUMNS)}
          style={inTwoColumns(rows.length)}
          aria-label="Hosts"
        >
          {rows.map((command) => (
            <CommandRow key={command.id} command={command} nowMs={nowMs} again={again} off={off} />
          ))}
        </ul>
      ) : null}
      {!verifiedAsRows && verified.length > 0 ? (
        <p className="mt-2 text-t2">
          <strong className="font-strong text-t1">{action.counts.verified} verified:</strong>{" "}
          {verified
            .slice(0, all ? undefined : ALL_SHOWN_UP_TO)
            .map((command) => command.hostName)
            .join(", ")}
        </p>
      ) : null}
      {many && !all ? (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {counted(action.hostCount, "host")}
        </Button>
      ) : null}
    </section>
  );
}
