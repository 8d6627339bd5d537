"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import { Checkbox } from "../ui/checkbox.tsx";
import { cx } from "../ui/cx.ts";
import { BanItem, type BanRowsContext } from "./ban-item.tsx";
import type { BanAsk } from "./ban-menu.tsx";
import { BAN_COLUMNS } from "./ban-row.tsx";

const ROW_PX = 37;
const PHONE_ROW_PX = 85;
/** More rows are asked for when so many are left. */
const ROWS_AHEAD = 30;
/** The bar of the page covers this much of the top. */
const TOP_BAR_PX = 52;

export type BanTableState = {
  open: string | null;
  /** The row that the keyboard is on. */
  current: string | null;
  /** The row to bring into the window and give the focus; a new object each time it is meant. */
  goTo: { address: string } | null;
  selected: ReadonlySet<string>;
  asked: { address: string; ask: BanAsk } | null;
};

/** The list itself: only rows near the window exist, however long it is. */
export function BanTable({
  rows,
  total,
  state,
  context,
  sort,
  changeSort,
  selectAll,
  hasMore,
  loadMore,
}: {
  rows: readonly BanRow[];
  /** All that match, loaded or not. */
  total: number;
  state: BanTableState;
  context: BanRowsContext;
  sort: "newest" | "ending";
  changeSort: (sort: "newest" | "ending") => void;
  selectAll: (selected: boolean) => void;
  hasMore: boolean;
  loadMore: () => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [phone, setPhone] = useState(false);
  useLayoutEffect(() => {
    const measure = () => {
      setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
      setPhone(window.innerWidth < 720);
    };
    measure();
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  // oxlint-disable-next-line react/incompatible-library -- Its answer changes with scrolling and is not passed on.
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (phone ? PHONE_ROW_PX : ROW_PX),
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: TOP_BAR_PX + 40,
    scrollPaddingEnd: 100,
    getItemKey: (index) => rows[index]?.address ?? index,
    initialRect: { width: 1440, height: 900 },
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastIndex >= rows.length - ROWS_AHEAD) loadMore();
  }, [hasMore, lastIndex, rows.length, loadMore]);

  // The row that the keyboard moved to comes into the window and takes the focus.
  const { current, goTo } = state;
  const rowsNow = useRef(rows);
  useEffect(() => {
    rowsNow.current = rows;
  });
  useEffect(() => {
    if (goTo === null) return;
    const index = rowsNow.current.findIndex((row) => row.address === goTo.address);
    if (index === -1) return;
    virtual.scrollToIndex(index, { align: "auto" });
    const frame = requestAnimationFrame(() => {
      const element = list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(goTo.address)}"]`);
      if (element && !element.contains(document.activeElement)) element.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [goTo, virtual]);

  const { mayAct } = context.permission;
  const allSelected = rows.length > 0 && state.selected.size >= rows.length;
  return (
    <div role="table" aria-label="Active bans" aria-rowcount={total + 1}>
      <div role="rowgroup" className="page-x border-b border-line2 max-tab:sr-only">
        <div role="row" aria-rowindex={1} className={cx(BAN_COLUMNS, "h-[37px] text-12 text-t2")}>
          <span role="columnheader">
            {mayAct ? (
              <Checkbox
                aria-label="Select all loaded rows"
                checked={state.selected.size === 0 ? false : allSelected ? true : "indeterminate"}
                onCheckedChange={(checked) => selectAll(checked === true)}
              />
            ) : null}
            <span className="sr-only">Selected</span>
          </span>
          <span role="columnheader">Address</span>
          <span role="columnheader">Where</span>
          <span role="columnheader" className="hidden wide:block">
            Network
          </span>
          <span role="columnheader">Jail</span>
          <span role="columnheader" className="text-right whitespace-nowrap">
            Attacks, 7 d
          </span>
          <span aria-hidden className="hidden wide:block" />
          <span role="columnheader" className="pl-4 whitespace-nowrap wide:pl-0">
            Blocked on, of {context.hostTotal}
            <span className="max-wide:hidden">{context.hostTotal === 1 ? " host" : " hosts"}</span>
          </span>
          <SortHead
            name="Ends"
            on={sort === "ending"}
            direction="ascending"
            run={() => changeSort("ending")}
          />
          <SortHead
            name="Set"
            on={sort === "newest"}
            direction="descending"
            run={() => changeSort("newest")}
          />
        </div>
      </div>
      <div ref={list} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={row.address}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - top}px)` }}
            >
              <BanItem
                row={row}
                rowIndex={item.index + 2}
                open={state.open === row.address}
                current={current === null ? item.index === 0 : current === row.address}
                selected={state.selected.has(row.address)}
                asked={state.asked?.address === row.address ? state.asked.ask : null}
                context={context}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function SortHead({
  name,
  on,
  direction,
  run,
}: {
  name: string;
  on: boolean;
  direction: "ascending" | "descending";
  run: () => void;
}) {
  return (
    <span role="columnheader" aria-sort={on ? direction : "none"}>
      <button type="button" onClick={run} className="-ml-1 rounded-mark px-1 hover:text-t1">
        {name}
        {on ? <span aria-hidden> {direction === "ascending" ? "↑" : "↓"}</span> : null}
      </button>
    </span>
  );
}
