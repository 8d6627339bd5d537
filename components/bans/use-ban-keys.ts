"use client";

import type { RefObject } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import type { Permission } from "../actions/permission.ts";
import { useShortcuts } from "../shell/shortcuts.ts";
import type { BanAsk } from "./ban-menu.tsx";
import { type BanView, filtersOf, withoutFilters } from "./ban-view.ts";
import type { BanSelection } from "./use-ban-selection.ts";

/** J K move, Enter opens, X selects, P E U ask, C copies, Esc closes or removes the last filter. */
export function useBanKeys(of: {
  rows: readonly BanRow[];
  view: BanView;
  change: (view: BanView) => void;
  current: string | null;
  goTo: (address: string) => void;
  asked: { address: string; ask: BanAsk } | null;
  ask: (address: string, ask: BanAsk | null) => void;
  copy: (address: string) => void;
  toggle: (address: string) => void;
  selection: BanSelection;
  permission: Permission;
  searchInput: RefObject<HTMLInputElement | null>;
}): void {
  const { rows, view, permission } = of;
  const index = rows.findIndex((row) => row.address === of.current);
  const row = rows[index];
  const move = (step: number) => () => {
    if (of.asked !== null) return false;
    const next = rows[index === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step))];
    if (next !== undefined) of.goTo(next.address);
  };
  const onRow = (run: (row: BanRow) => void) => () => {
    if (row === undefined || of.asked !== null) return false;
    run(row);
  };
  const act = (run: (row: BanRow) => void) => () => {
    if (!permission.mayAct || permission.off !== null) return false;
    return onRow(run)();
  };
  useShortcuts({
    j: move(1),
    k: move(-1),
    enter: (event) => {
      // A button that has the focus is pressed, not its row opened.
      if (event.target instanceof Element && event.target.closest("button, a") !== null) return false;
      return onRow((each) => of.toggle(each.address))();
    },
    x: act((each) => of.selection.toggle(each.address, false)),
    "shift+x": act((each) => of.selection.toggle(each.address, true)),
    p: act((each) => of.ask(each.address, { kind: "ban", everywhere: false })),
    e: act((each) => of.ask(each.address, { kind: "ban", everywhere: true })),
    u: act((each) => {
      if (each.hostCount > 0) of.ask(each.address, { kind: "unban" });
    }),
    c: onRow((each) => of.copy(each.address)),
    escape: () => {
      if (of.asked !== null) return false;
      const last = filtersOf(view).at(-1);
      if (view.row !== null) of.change({ ...view, row: null });
      else if (of.selection.selected.size > 0) of.selection.clear();
      else if (last !== undefined) of.change(withoutFilters(view, [last]));
      else return false;
    },
  });
}
