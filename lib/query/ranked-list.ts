import type pg from "pg";
import type { AttackFilter, HourWindow } from "./attack-filter.ts";
import { type Dimension, hourlySums, knowsCountry, usualSums } from "./hourly-sums.ts";
import { type Excess, excessOf, type UsualState } from "./usual.ts";

export type RankedRow = { key: string; attacks: number; excess: Excess | null };

export type RankedList = {
  /** The largest first. */
  rows: RankedRow[];
  /** All there are, also those that are not among the rows. */
  count: number;
  /** Of all of them. */
  attacks: number;
  /** The one with the most attacks above its usual; null when none is above, or usual is not known. */
  largestExcess: { key: string; above: number } | null;
};

/** Null: these sums are not kept by country, which the filter asks for. */
export async function rankedList(
  pool: pg.Pool,
  dimension: Dimension,
  filter: AttackFilter,
  window: HourWindow,
  state: UsualState,
  limit: number,
): Promise<RankedList | null> {
  if (filter.country !== null && !knowsCountry(dimension)) return null;
  const [sums, usual] = await Promise.all([
    hourlySums(pool, dimension, filter, window),
    usualSums(pool, dimension, filter, window, state),
  ]);
  return rank(sums, usual, limit);
}

export function rank(
  sums: ReadonlyMap<string, number>,
  usual: ReadonlyMap<string, number> | null,
  limit: number,
): RankedList {
  const rows = [...sums]
    .map(([key, attacks]): RankedRow => {
      const count = Math.round(attacks);
      return { key, attacks: count, excess: excessOf(count, usual === null ? null : (usual.get(key) ?? 0)) };
    })
    .filter((row) => row.attacks > 0)
    .toSorted((a, b) => b.attacks - a.attacks || (a.key < b.key ? -1 : 1));
  let largestExcess: RankedList["largestExcess"] = null;
  for (const row of usual === null ? [] : rows) {
    const above = row.attacks - (usual?.get(row.key) ?? 0);
    if (above > (largestExcess?.above ?? 0)) largestExcess = { key: row.key, above };
  }
  return {
    rows: rows.slice(0, limit),
    count: rows.length,
    attacks: rows.reduce((total, row) => total + row.attacks, 0),
    largestExcess,
  };
}
