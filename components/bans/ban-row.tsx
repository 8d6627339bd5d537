/* oxlint-disable jsx-a11y/click-events-have-key-events -- A click on a row is a shortcut for the button in it, which the keyboard reaches. */
"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import { exactTime } from "../actions/action-words.ts";
import { whole } from "../charts/format.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { cx } from "../ui/cx.ts";
import { endOf, near } from "./ban-words.ts";
import { BlockedOn } from "./blocked-on.tsx";

/** The columns of the table, for its head and its rows; on a phone the same cells are three lines. */
export const BAN_COLUMNS =
  "tab:grid tab:grid-cols-[28px_minmax(136px,206fr)_minmax(64px,136fr)_minmax(70px,150fr)_54px_minmax(206px,206fr)_minmax(104px,120fr)_minmax(128px,170fr)] wide:grid-cols-[28px_minmax(180px,206fr)_minmax(110px,136fr)_minmax(150px,196fr)_minmax(100px,130fr)_74px_34px_minmax(186px,186fr)_minmax(120px,130fr)_minmax(230px,230fr)] items-center";

export function BanLine({
  row,
  hostTotal,
  nowMs,
  open,
  current,
  selected,
  selectable,
  rowIndex,
  toggle,
  select,
  focus,
  actions,
}: {
  row: BanRow;
  hostTotal: number;
  nowMs: number;
  open: boolean;
  /** Whether the keyboard is on it. */
  current: boolean;
  selected: boolean;
  selectable: boolean;
  rowIndex: number;
  toggle: () => void;
  select: (range: boolean) => void;
  focus: () => void;
  /** Buttons and menu. */
  actions: ReactNode;
}) {
  const end = endOf(row, nowMs);
  const setMs = row.action?.atMs ?? row.sinceMs;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      tabIndex={current ? 0 : -1}
      data-row={row.address}
      onFocus={focus}
      onClick={(event) => {
        if (isOnRow(event) && window.getSelection()?.isCollapsed !== false) toggle();
      }}
      className={cx(
        BAN_COLUMNS,
        "group relative min-h-[72px] cursor-default py-2 max-tab:pr-12 -outline-offset-2 page-x tab:h-9 tab:min-h-0 tab:py-0",
        !open && "ease-colour hover:bg-s2 focus-within:bg-s2",
        selected && "bg-s2",
      )}
    >
      <span role="cell" className="max-tab:hidden">
        {selectable ? (
          <Checkbox
            checked={selected}
            aria-label={`Select ${row.address}`}
            onClick={(event) => {
              event.preventDefault();
              select(event.shiftKey);
            }}
          />
        ) : null}
      </span>
      <span role="cell" className="flex min-w-0 items-center">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`Show ${row.address} on each host`}
          onClick={toggle}
          className="touchable -ml-1.5 grid size-6 shrink-0 place-items-center text-t2 hover:text-t1 max-tab:-ml-1"
        >
          <Chevron aria-hidden className="size-3.5" />
        </button>
        <span className="mono min-w-0 break-words text-t1 max-tab:text-[15px] max-tab:font-strong">
          <Address text={row.address} />
        </span>
      </span>
      <span role="cell" className="truncate pr-3 text-t1 max-tab:hidden">
        <Place row={row} />
      </span>
      <span role="cell" className="hidden truncate pr-3 wide:block">
        {row.networkName ?? (row.asn === 0 ? <span className="text-t3">Unknown</span> : null)}{" "}
        {row.asn === 0 ? null : <span className="text-t3">AS{row.asn}</span>}
      </span>
      <span role="cell" className="mono truncate pr-2 max-tab:hidden">
        {row.jail === "" ? <span className="text-t3">none</span> : row.jail}
      </span>
      <span role="cell" className="text-right max-tab:hidden">
        {whole(row.attacks)}
      </span>
      <span aria-hidden className="hidden wide:block" />
      <span role="cell" className="flex flex-wrap items-center gap-x-2 max-tab:pl-[19px] tab:pl-4 wide:pl-0">
        <span className="basis-full text-t2 tab:hidden">
          <Place row={row} />
          {row.jail === "" ? null : (
            <>
              {" "}
              · <span className="mono">{row.jail}</span>
            </>
          )}{" "}
          · {whole(row.attacks)} in 7 d
        </span>
        <BlockedOn row={row} hostTotal={hostTotal} />
        <span className="ml-auto tab:hidden">
          <End end={end} untilMs={row.untilMs} />
        </span>
      </span>
      <span role="cell" className="whitespace-nowrap max-tab:hidden">
        <End end={end} untilMs={row.untilMs} />
      </span>
      <span role="cell" className="min-w-0 truncate max-tab:hidden">
        <time dateTime={new Date(setMs).toISOString()} title={exactTime(setMs)}>
          {near(setMs, nowMs)}
        </time>{" "}
        <span className="text-t3">{row.action?.actorName ?? row.setBy ?? "fail2ban"}</span>
      </span>
      <span
        role="cell"
        className="absolute top-1 right-1 flex items-center gap-2 tab:inset-y-0 tab:right-[26px]"
      >
        {actions}
      </span>
    </div>
  );
}

function Place({ row }: { row: BanRow }) {
  return (
    <>
      <abbr title={row.countryName} className="mono mr-1.5 text-11 text-t3 no-underline">
        {row.countryCode === "ZZ" ? "––" : row.countryCode}
      </abbr>
      {row.city ?? row.countryName}
    </>
  );
}

function End({ end, untilMs }: { end: { at: string; left: string | null }; untilMs: number | null }) {
  if (end.left === null) {
    return <span className={end.at === "Permanent" ? "font-strong" : "text-t3"}>{end.at}</span>;
  }
  return (
    <span title={untilMs === null ? undefined : exactTime(untilMs)}>
      {end.at} <span className="text-t3">{end.left}</span>
    </span>
  );
}

/** Breaks at its separators only. */
function Address({ text }: { text: string }) {
  return text.split(/(?<=[.:/])/).map((part, index) => (
    <span key={index} className="whitespace-nowrap">
      {index === 0 ? null : <wbr />}
      {part}
    </span>
  ));
}

/** Not on something in the row that has a click of its own, nor in a menu or question that belongs to it. */
function isOnRow({ target, currentTarget }: MouseEvent): boolean {
  return (
    target instanceof Element &&
    currentTarget.contains(target) &&
    target.closest("button, a, input, label") === null
  );
}
