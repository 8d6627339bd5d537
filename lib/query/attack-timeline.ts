import type pg from "pg";
import { type AttackFilter, HOUR_MS, RANGE_MS, type RangeName, SLOT_MS, WEEK_MS } from "./attack-filter.ts";
import { type SlotSum, slotSums, stretchesOf } from "./slot-sums.ts";
import { type Band, bandOf, type UsualState } from "./usual.ts";

export type AttackTimeline = {
  stepMs: number;
  /** The start of the first step. */
  firstMs: number;
  /** The end of what is shown: now. The last step may be running. */
  endMs: number;
  attacks: number[];
  bans: number[];
  /** The usual range of each step; null while it is being learned, or where it is not known. */
  usual: (Band | null)[] | null;
};

const STEP_MS: Record<RangeName, number> = {
  "1h": SLOT_MS,
  "6h": SLOT_MS,
  "24h": SLOT_MS,
  "7d": HOUR_MS,
  "30d": 4 * HOUR_MS,
};

/** Attacks over the range in steps, with the usual range of each. A country narrows it down by the hour only. */
export async function attackTimeline(
  pool: pg.Pool,
  filter: AttackFilter,
  state: UsualState,
  nowMs: number,
): Promise<AttackTimeline> {
  const stepMs = filter.country === null ? STEP_MS[filter.range] : Math.max(HOUR_MS, STEP_MS[filter.range]);
  const firstMs = floorTo(nowMs - RANGE_MS[filter.range], stepMs);
  // Whole hours, as usual is of the hour.
  const startMs = floorTo(firstMs, HOUR_MS);
  const endMs = floorTo(nowMs, HOUR_MS) + HOUR_MS;
  const weeksBefore = state.kind === "known" && filter.range !== "30d" ? state.weeks : 0;
  const stretch = { startMs, endMs, stepMs, weeksBefore };
  const sums =
    filter.country === null
      ? await slotSums(pool, filter, stretch)
      : await countrySums(pool, filter, stretch);
  const sinceMs = state.kind === "known" ? state.sinceMs : nowMs;
  return layOut(sums, { firstMs, stepMs, endMs: nowMs, weeksBefore, sinceMs });
}

/** Puts the sums in their steps, and the steps of the weeks before under them. */
export function layOut(
  sums: readonly Pick<SlotSum, "startMs" | "attacks" | "bans">[],
  shape: { firstMs: number; stepMs: number; endMs: number; weeksBefore: number; sinceMs: number },
): AttackTimeline {
  const { firstMs, stepMs, endMs, weeksBefore, sinceMs } = shape;
  const byStart = new Map(sums.map((sum) => [sum.startMs, sum]));
  const count = Math.ceil((endMs - firstMs) / stepMs);
  const starts = Array.from({ length: count }, (_, index) => firstMs + index * stepMs);
  const usualOf = (startMs: number): Band | null => {
    const samples: number[] = [];
    const hourMs = floorTo(startMs, Math.max(stepMs, HOUR_MS));
    for (let week = 1; week <= weeksBefore; week++) {
      for (let at = hourMs; at < hourMs + Math.max(stepMs, HOUR_MS); at += stepMs) {
        const before = at - week * WEEK_MS;
        if (before >= sinceMs) samples.push(byStart.get(before)?.attacks ?? 0);
      }
    }
    return bandOf(samples);
  };
  return {
    stepMs,
    firstMs,
    endMs,
    attacks: starts.map((start) => byStart.get(start)?.attacks ?? 0),
    bans: starts.map((start) => byStart.get(start)?.bans ?? 0),
    usual: weeksBefore === 0 ? null : starts.map(usualOf),
  };
}

async function countrySums(
  pool: pg.Pool,
  filter: AttackFilter,
  stretch: { startMs: number; endMs: number; stepMs: number; weeksBefore: number },
): Promise<Pick<SlotSum, "startMs" | "attacks" | "bans">[]> {
  const stretches = stretchesOf(stretch);
  const { rows } = await pool.query<{ start: Date; attacks: number; bans: number }>(
    `select date_bin($3::interval, s.hour, '2001-01-01Z') as start,
         sum(s.attacks)::float8 as attacks, sum(s.bans)::float8 as bans
       from unnest($1::timestamptz[], $2::timestamptz[]) as w(first, last)
       join place_hour s on s.hour >= w.first and s.hour < w.last
       join place p on p.id = s.place_id and p.country_code = $6
       where ($4::uuid is null or s.host_id = $4) and ($5::text is null or s.detector = $5)
       group by 1`,
    [
      stretches.map((each) => new Date(each.startMs)),
      stretches.map((each) => new Date(each.endMs)),
      `${stretch.stepMs / 1000} seconds`,
      filter.host,
      filter.jail,
      filter.country,
    ],
  );
  return rows.map(({ start, ...counts }) => ({ startMs: start.getTime(), ...counts }));
}

function floorTo(timeMs: number, stepMs: number): number {
  return timeMs - (timeMs % stepMs);
}
