"use client";

import { Pause, Play } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useSearchParams } from "next/navigation";
import type { FeedPage as Data, FeedRow } from "../../lib/query/feed.ts";
import { exactTime } from "../actions/action-words.ts";
import { clockTime, counted, shortDay } from "../charts/format.ts";
import { useTyped } from "../bans/use-typed.ts";
import { useLiveQuery } from "../live/use-live.ts";
import { useUrlState } from "../live/use-url-state.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Glyph } from "../ui/glyph.tsx";
import { Input } from "../ui/input.tsx";
import { SelectMenu } from "../ui/menu.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { eventSentence, KIND_GLYPH, KIND_GROUPS, type KindGroup } from "./feed-words.ts";

const COLUMNS =
  "tab:grid tab:grid-cols-[84px_minmax(150px,1.2fr)_minmax(130px,1fr)_minmax(120px,1fr)_minmax(100px,0.8fr)] wide:grid-cols-[84px_minmax(180px,1.2fr)_minmax(170px,1fr)_minmax(140px,1fr)_minmax(110px,0.7fr)_minmax(110px,0.7fr)_minmax(140px,1fr)] items-center gap-x-4";

/** What the hosts report, newest first, as it comes; still while it is read. */
export function FeedPage({ initial }: { initial: Data }) {
  const parameters = useSearchParams();
  const { change } = useUrlState();
  const group: KindGroup = KIND_GROUPS.find((each) => each.value === parameters.get("kind"))?.value ?? "all";
  const host = parameters.get("host") ?? "";
  const q = parameters.get("q") ?? "";
  const live = useLiveQuery(feedUrl(group, host, q), initial, ["events"]);
  const [paused, setPaused] = useState(false);
  const [reading, setReading] = useState(false);
  const shown = useShown(live.data, live.stale, paused || reading);
  const waiting = countNew(live.data.rows, shown.rows);
  const filters = [group === "all" ? "" : group, host, q].filter((each) => each !== "").length;

  return (
    <>
      <div className="page-x flex flex-wrap items-center gap-x-5 gap-y-2 pt-3 pb-2">
        <h1 className="text-18 font-head">Feed</h1>
        <div className="min-w-0 max-tab:order-last max-tab:-mx-4 max-tab:w-screen max-tab:overflow-x-auto max-tab:px-4">
          <Segmented
            label="Which events"
            value={group}
            onChange={(kind) => change({ kind: kind === "all" ? null : kind })}
            options={KIND_GROUPS}
          />
        </div>
        <div className="ml-auto flex items-center gap-3">
          <span className="text-t3">
            {waiting === 0 ? "" : `${waiting >= 200 ? "200 or more" : waiting} new`}
          </span>
          <Button aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
            {paused ? "Go on" : "Pause"}
          </Button>
        </div>
      </div>
      <div className="page-x flex flex-wrap items-center gap-2 py-2">
        <AddressFilter q={q} change={(next) => change({ q: next }, "replace")} />
        <SelectMenu
          label="Host"
          value={host}
          onChange={(next) => change({ host: next })}
          options={[
            { value: "", label: `All ${counted(live.data.hosts.length, "host")}` },
            ...live.data.hosts.map((each) => ({ value: each.id, label: each.name })),
          ]}
        />
        {filters > 0 ? (
          <button
            type="button"
            onClick={() => change({ kind: null, host: null, q: null })}
            className="min-h-11 px-1 text-t2 underline decoration-line2 underline-offset-2 hover:text-t1 tab:min-h-6"
          >
            Clear {counted(filters, "filter")}
          </button>
        ) : null}
        <p className="ml-auto text-t3 max-wide:hidden">
          The newest 200 events. It stands still while the pointer is on it.
        </p>
      </div>
      {live.problem === null ? null : (
        <p role="alert" className="page-x flex items-center gap-3 border-y border-line py-2">
          The feed could not be loaded at {clockTime(live.problem.atMs)}. {live.problem.message}
          <Button onClick={live.reload}>Try again</Button>
        </p>
      )}
      <div
        className={cx("ease-colour", live.stale && "opacity-60")}
        aria-busy={live.stale}
        onMouseEnter={() => setReading(true)}
        onMouseLeave={() => setReading(false)}
        onFocus={() => setReading(true)}
        onBlur={() => setReading(false)}
      >
        {shown.rows.length === 0 ? (
          <p className="page-x border-t border-line py-6 text-t2">
            {filters > 0
              ? "No event of the last 7 days matches, among the newest 100,000."
              : "Nothing was reported in the last 7 days."}
          </p>
        ) : (
          <FeedTable rows={shown.rows} nowMs={shown.asOfMs} />
        )}
      </div>
    </>
  );
}

function feedUrl(group: KindGroup, host: string, q: string): string {
  const parameters = new URLSearchParams();
  const kinds = KIND_GROUPS.find((each) => each.value === group)?.kinds ?? [];
  if (kinds.length > 0) parameters.set("kinds", kinds.join(","));
  if (host !== "") parameters.set("host", host);
  if (q !== "") parameters.set("q", q);
  return `/api/query/feed?${parameters.toString()}`;
}

/** The newest data, or what was there when somebody began to read. A new filter always shows. */
function useShown(data: Data, stale: boolean, still: boolean): Data {
  const [shown, setShown] = useState({ data, stale });
  const filtered = shown.stale && !stale;
  const next = !still || filtered ? data : shown.data;
  if (next !== shown.data || stale !== shown.stale) setShown({ data: next, stale });
  return next;
}

function countNew(newest: readonly FeedRow[], shown: readonly FeedRow[]): number {
  const [first] = shown;
  if (first === undefined) return newest.length;
  const at = newest.findIndex((row) => row.key === first.key);
  return at === -1 ? newest.length : at;
}

function AddressFilter({ q, change }: { q: string; change: (q: string) => void }) {
  const [typed, setTyped] = useTyped(q, change);
  return (
    <Input
      type="search"
      value={typed}
      maxLength={49}
      autoComplete="off"
      spellCheck={false}
      aria-label="Filter by address or network"
      placeholder="Address or network"
      className="tab:h-[30px] tab:w-[260px]"
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function FeedTable({ rows, nowMs }: { rows: readonly FeedRow[]; nowMs: number }) {
  return (
    <div role="table" aria-label="Events">
      <div role="rowgroup" className="page-x border-b border-line2 max-tab:sr-only">
        <div role="row" className={cx(COLUMNS, "h-[33px] text-12 text-t2")}>
          <span role="columnheader">Time, UTC</span>
          <span role="columnheader">What</span>
          <span role="columnheader">Address</span>
          <span role="columnheader">Where</span>
          <span role="columnheader">Host</span>
          <span role="columnheader" className="hidden wide:block">
            Seen by
          </span>
          <span role="columnheader" className="hidden wide:block">
            User or port
          </span>
        </div>
      </div>
      <div role="rowgroup" className="py-1">
        {rows.map((row) => (
          <FeedLine key={row.key} row={row} nowMs={nowMs} />
        ))}
      </div>
    </div>
  );
}

function FeedLine({ row, nowMs }: { row: FeedRow; nowMs: number }) {
  const today = Math.floor(row.timeMs / 86_400_000) === Math.floor(nowMs / 86_400_000);
  return (
    <div
      role="row"
      className={cx(
        COLUMNS,
        "page-x text-12 hover:bg-s2 max-tab:flex max-tab:flex-wrap max-tab:gap-x-2.5 max-tab:border-b max-tab:border-line max-tab:py-2 max-tab:text-13 tab:h-[22px]",
      )}
    >
      <time
        role="cell"
        dateTime={new Date(row.timeMs).toISOString()}
        title={exactTime(row.timeMs)}
        className="mono whitespace-nowrap text-t3"
      >
        {today ? clockTime(row.timeMs) : shortDay(row.timeMs)}
      </time>
      <span role="cell" className="flex min-w-0 items-center gap-2">
        <Glyph name={KIND_GLYPH[row.kind]} size={11} />
        <span className="truncate">{eventSentence(row)}</span>
      </span>
      <span role="cell" className="mono truncate">
        {row.address === null ? null : (
          <Link
            href={`/ip/${encodeURIComponent(row.address)}`}
            className="underline-offset-2 hover:underline"
          >
            {row.address}
          </Link>
        )}
      </span>
      <span role="cell" className="truncate text-t2">
        {row.countryCode === null || row.countryCode === "ZZ" ? (
          ""
        ) : (
          <>
            <span className="mono mr-1.5 text-11 text-t3">{row.countryCode}</span>
            {row.city}
          </>
        )}
      </span>
      <span role="cell" className="truncate">
        {row.hostName}
      </span>
      <span role="cell" className="mono hidden truncate text-t2 wide:block">
        {row.detector}
      </span>
      <span role="cell" className="mono hidden truncate text-t2 wide:block">
        {row.userName ?? portText(row)}
      </span>
    </div>
  );
}

function portText(row: FeedRow): string {
  return row.destinationPort === null ? "" : `${row.transport ?? "port"} ${row.destinationPort}`;
}
