"use client";

import { useCallback, useRef, useState } from "react";
import type { BanRow, BansPage } from "../../lib/query/bans.ts";
import { type LiveQuery, useLiveQuery } from "../live/use-live.ts";
import { bansUrl, type BanView } from "./ban-view.ts";
import { mergeBans } from "./merge-bans.ts";

const STEP = 100;
/** So many rows from the top are kept current; what is loaded further down is as it was when it was loaded. */
const LIVE_ROWS = 500;

export type BanList = {
  page: BansPage;
  /** Actions in progress first, then the rest without repeating them. */
  rows: BanRow[];
  live: LiveQuery<BansPage>;
  /** The rows are still those of the filters before. */
  isOld: boolean;
  hasMore: boolean;
  loadMore: () => void;
};

type Tail = { key: string; rows: BanRow[]; next: string | null | undefined };

/** The list for a view, one hundred rows at a time, its head kept current. */
export function useBanList(view: BanView, initial: BansPage): BanList {
  const key = bansUrl(view, { limit: 0 });
  const [asked, setAsked] = useState({ key, limit: STEP });
  const limit = asked.key === key ? asked.limit : STEP;
  const live = useLiveQuery(bansUrl(view, { limit }), initial, ["bans", "commands"]);
  const page = live.data;

  // The filters that the shown rows answer; while only more rows are asked for, they stay the same.
  const [shownKey, setShownKey] = useState(key);
  if (!live.stale && shownKey !== key) setShownKey(key);

  const [tail, setTail] = useState<Tail>({ key, rows: [], next: undefined });
  const [head, setHead] = useState({ page, key: shownKey });
  if (head.page !== page) {
    // What falls out of the head at its lower end is kept, so that the list has no gap.
    const before = head.key === shownKey ? [...head.page.rows, ...rowsOf(tail, shownKey)] : [];
    const merged = page.next === null ? page.rows : mergeBans(page.rows, before, view.sort);
    setTail({
      key: shownKey,
      rows: merged.slice(page.rows.length),
      next: head.key === shownKey ? tail.next : undefined,
    });
    setHead({ page, key: shownKey });
  }

  const tailRows = rowsOf(tail, shownKey);
  const next = tailRows.length > 0 && tail.next !== undefined ? tail.next : page.next;
  const loading = useRef(false);
  const loadMore = useCallback(() => {
    if (next === null || live.stale || loading.current) return;
    if (limit < LIVE_ROWS) {
      setAsked({ key, limit: limit + STEP });
      return;
    }
    const append = async () => {
      loading.current = true;
      try {
        const response = await fetch(bansUrl(view, { limit: STEP, after: next }));
        if (!response.ok) return;
        const more = (await response.json()) as BansPage;
        setTail((before) => {
          const known = new Set(rowsOf(before, key).map((row) => row.address));
          const fresh = more.rows.filter((row) => !known.has(row.address));
          return { key, rows: [...rowsOf(before, key), ...fresh], next: more.next };
        });
      } catch {
        // Without a connection the next scroll tries again.
      } finally {
        loading.current = false;
      }
    };
    void append();
  }, [key, limit, live.stale, next, view]);

  const pinned = new Set(page.pinned.map((row) => row.address));
  const inHead = new Set(page.rows.map((row) => row.address));
  const rest = [...page.rows, ...tailRows.filter((row) => !inHead.has(row.address))];
  return {
    page,
    rows: [...page.pinned, ...rest.filter((row) => !pinned.has(row.address))],
    live,
    isOld: live.stale && shownKey !== key,
    hasMore: next !== null,
    loadMore,
  };
}

function rowsOf(tail: Tail, key: string): BanRow[] {
  return tail.key === key ? tail.rows : [];
}
