import type { BanRow } from "../../lib/query/bans.ts";

/**
 * The rows to show: the live head of the list, and what was loaded further down. `head` is the newest answer of the
 * server for the beginning of the list; `loaded` is all that was shown before it. A row that now lies before the end
 * of the head and isn't in it is gone (an unban); one after it was not asked about and stays.
 */
export function mergeBans(
  head: readonly BanRow[],
  loaded: readonly BanRow[],
  sort: "newest" | "ending",
): BanRow[] {
  const last = head.at(-1);
  if (last === undefined) return [];
  const inHead = new Set(head.map((row) => row.address));
  return [...head, ...loaded.filter((row) => !inHead.has(row.address) && isAfter(row, last, sort))];
}

function isAfter(row: BanRow, last: BanRow, sort: "newest" | "ending"): boolean {
  if (sort === "newest") return row.sinceMs <= last.sinceMs;
  return (row.untilMs ?? Infinity) >= (last.untilMs ?? Infinity);
}
