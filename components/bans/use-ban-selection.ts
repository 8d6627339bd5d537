"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { BanRow } from "../../lib/query/bans.ts";

export type BanSelection = {
  selected: ReadonlySet<string>;
  rows: BanRow[];
  /** `range`: everything from the row that was selected last. */
  toggle: (address: string, range: boolean) => void;
  all: (selected: boolean) => void;
  clear: () => void;
};

export function useBanSelection(rows: BanRow[]): BanSelection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const rowsNow = useRef(rows);
  useEffect(() => {
    rowsNow.current = rows;
  });
  const toggle = useCallback((address: string, range: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      const order = rowsNow.current.map((row) => row.address);
      const from = last.current === null ? -1 : order.indexOf(last.current);
      const to = order.indexOf(address);
      if (range && from !== -1 && to !== -1) {
        for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
      } else if (!next.delete(address)) next.add(address);
      return next;
    });
    last.current = address;
  }, []);
  const all = useCallback((selected: boolean) => {
    setChosen(new Set(selected ? rowsNow.current.map((row) => row.address) : []));
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  // What left the list is no longer selected: nobody acts on a row that isn't there.
  const kept = useMemo(() => rows.filter((row) => chosen.has(row.address)), [rows, chosen]);
  const selected = useMemo(() => new Set(kept.map((row) => row.address)), [kept]);
  return { selected, rows: kept, toggle, all, clear };
}
