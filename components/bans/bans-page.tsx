"use client";

import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import type { BanTab } from "../../lib/query/ban-filter.ts";
import type { BanRow, BansPage as Data } from "../../lib/query/bans.ts";
import { usePermission, type Viewer } from "../actions/permission.ts";
import { useActs } from "../actions/use-acts.ts";
import { clockTime, counted, whole } from "../charts/format.ts";
import { useNow } from "../live/use-now.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useToast } from "../ui/toast.tsx";
import { ActionNews } from "./action-news.tsx";
import { BanAddressDialog } from "./ban-address-dialog.tsx";
import { BanBulk } from "./ban-bulk.tsx";
import { BanFilters } from "./ban-filters.tsx";
import type { BanRowsContext } from "./ban-item.tsx";
import type { BanAsk } from "./ban-menu.tsx";
import { BanTable } from "./ban-table.tsx";
import { filtersOf, withoutFilters } from "./ban-view.ts";
import { useBanKeys } from "./use-ban-keys.ts";
import { useBanList } from "./use-ban-list.ts";
import { useBanSelection } from "./use-ban-selection.ts";
import { useBanView } from "./use-ban-view.ts";

/** An unban that reaches more hosts than this is asked about first. */
const UNBAN_WITHOUT_ASKING = 5;

const TAB_NAMES: readonly [BanTab, string][] = [
  ["all", "All"],
  ["permanent", "Permanent"],
  ["ending", "Ending within 1 h"],
  ["unapplied", "Not fully applied"],
  ["people", "Set by people"],
];

export function BansPage({ initial, viewer }: { initial: Data; viewer: Viewer }) {
  const [view, change] = useBanView();
  const { page, rows, live, isOld, hasMore, loadMore } = useBanList(view, initial);
  const nowMs = useNow(initial.asOfMs);
  const permission = usePermission(viewer);
  const acts = useActs(live.reload);
  const toast = useToast();
  const searchInput = useRef<HTMLInputElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const [wanted, setWanted] = useState<{ address: string } | null>(null);
  const [asked, setAsked] = useState<{ address: string; ask: BanAsk } | null>(null);
  const selection = useBanSelection(rows);
  const hostTotal = page.facets.hosts.length;

  const toggle = useCallback(
    (address: string) => change({ ...view, row: view.row === address ? null : address }),
    [view, change],
  );
  const goTo = useCallback((address: string) => {
    setCurrent(address);
    setWanted({ address });
  }, []);
  const copy = useCallback(
    (address: string) => {
      navigator.clipboard
        .writeText(address)
        .then(() => toast({ text: `Copied ${address}` }))
        .catch(() => toast({ text: "The browser did not allow copying.", tone: "crit" }));
    },
    [toast],
  );
  const ask = useCallback((address: string, next: BanAsk | null) => {
    setAsked(next === null ? null : { address, ask: next });
  }, []);
  const unban = useCallback(
    (row: BanRow) => {
      if (row.hostCount > UNBAN_WITHOUT_ASKING) ask(row.address, { kind: "unban" });
      else void acts.unban(row.address, { hostCount: row.hostCount });
    },
    [acts, ask],
  );
  const context = useMemo<BanRowsContext>(
    () => ({
      hostTotal,
      nowMs,
      permission,
      acts,
      toggle,
      select: selection.toggle,
      focus: setCurrent,
      goTo,
      copy,
      unban,
      ask,
    }),
    [hostTotal, nowMs, permission, acts, toggle, selection.toggle, goTo, copy, unban, ask],
  );
  useBanKeys({
    rows,
    view,
    change,
    current,
    goTo,
    asked,
    ask,
    copy,
    toggle,
    selection,
    permission,
    searchInput,
  });

  const filters = filtersOf(view);
  const total = page.matches ?? page.counts[view.tab];
  const shownTotal = Math.max(total, rows.length);
  return (
    <>
      <div className="page-x flex flex-wrap items-center gap-x-5 gap-y-2 pt-3 pb-2">
        <h1 className="text-18 font-head">Active bans</h1>
        <div className="min-w-0 max-tab:order-last max-tab:-mx-4 max-tab:w-screen max-tab:overflow-x-auto max-tab:px-4">
          <Segmented
            label="Which bans"
            value={view.tab}
            onChange={(tab) => change({ ...view, tab })}
            options={TAB_NAMES.map(([value, label]) => ({ value, label, count: whole(page.counts[value]) }))}
          />
        </div>
        {permission.mayAct ? (
          <div className="ml-auto">
            <BanAddressDialog hosts={page.facets.hosts} acts={acts} off={permission.off} />
          </div>
        ) : null}
      </div>
      <div className="page-x flex items-center gap-4 py-2">
        <BanFilters view={view} page={page} change={change} searchInput={searchInput} />
        <p className="ml-auto whitespace-nowrap text-t3 max-wide:hidden">
          {view.sort === "newest" ? "Newest first" : "Ending soonest first"}
          {page.pinned.length > 0 ? `, ${counted(page.pinned.length, "action")} pinned` : ""}
        </p>
      </div>
      {live.problem === null ? null : (
        <p role="alert" className="page-x flex items-center gap-3 border-y border-line py-2">
          <span>
            The bans could not be loaded at {clockTime(live.problem.atMs)}. {live.problem.message}
          </span>
          <Button onClick={live.reload}>Try again</Button>
        </p>
      )}
      <div className={cx("ease-colour min-h-[50vh]", isOld && "opacity-60")} aria-busy={isOld}>
        {rows.length === 0 ? (
          <Nothing
            clear={filters.length > 0 ? () => change(withoutFilters(view, filters)) : null}
            filterCount={filters.length}
            tab={view.tab}
            hostTotal={hostTotal}
          />
        ) : (
          <BanTable
            rows={rows}
            total={shownTotal}
            state={{ open: view.row, current, goTo: wanted, selected: selection.selected, asked }}
            context={context}
            sort={view.sort}
            changeSort={(sort) => change({ ...view, sort })}
            selectAll={selection.all}
            hasMore={hasMore}
            loadMore={loadMore}
          />
        )}
      </div>
      <footer className="page-x sticky bottom-0 z-10 flex min-h-[41px] flex-wrap items-center gap-3 border-t border-line bg-bg py-1.5 text-t2 max-tab:bottom-[calc(60px+env(safe-area-inset-bottom))]">
        {selection.rows.length > 0 ? (
          <BanBulk
            rows={selection.rows}
            hostTotal={hostTotal}
            permission={permission}
            acts={acts}
            clear={selection.clear}
          />
        ) : (
          <>
            <span>
              {whole(rows.length)} of{" "}
              {page.matches !== null && page.matches > 10_000 ? "more than 10,000" : whole(shownTotal)}
            </span>
            <Keys mayAct={permission.mayAct} />
          </>
        )}
      </footer>
      <ActionNews rows={page.pinned} />
    </>
  );
}

function Nothing({
  clear,
  filterCount,
  tab,
  hostTotal,
}: {
  clear: (() => void) | null;
  filterCount: number;
  tab: BanTab;
  hostTotal: number;
}) {
  let text: ReactNode = "Nothing is blocked now. A ban appears here within a second of being set on a host.";
  if (clear !== null) text = "No bans match.";
  else if (tab === "permanent") text = "No address is banned permanently.";
  else if (tab === "ending") text = "No ban ends within the next hour.";
  else if (tab === "unapplied") text = "Every action is verified on all its hosts.";
  else if (tab === "people") text = "Nobody has banned an address by hand.";
  else if (hostTotal === 0)
    text = "No host has an agent yet, so nothing is known to be blocked. Connect one on the page Hosts.";
  return (
    <div className="page-x flex items-center gap-3 border-t border-line py-6 text-t2">
      <p>{text}</p>
      {clear === null ? null : <Button onClick={clear}>Clear {counted(filterCount, "filter")}</Button>}
    </div>
  );
}

function Keys({ mayAct }: { mayAct: boolean }) {
  const keys: [string[], string][] = [
    [["J", "K"], "move"],
    [["Enter"], "open"],
    ...(mayAct
      ? ([
          [["X"], "select"],
          [["P"], "ban permanently"],
          [["U"], "unban"],
        ] satisfies [string[], string][])
      : []),
    [["C"], "copy"],
  ];
  return (
    <span className="ml-auto flex gap-4 max-wide:hidden">
      {keys.map(([caps, word]) => (
        <span key={word} className="flex items-center gap-1.5">
          {caps.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
          {word}
        </span>
      ))}
    </span>
  );
}
