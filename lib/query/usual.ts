import { DAY_MS, WEEK_MS } from "./attack-filter.ts";

/** “Usual” looks back this far, at the same weekday and hour. */
const USUAL_WEEKS = 4;
/** Before there are this many days of data, nothing is called usual. */
const LEARNING_DAYS = 7;
const LOW_PERCENTILE = 0.15;
const HIGH_PERCENTILE = 0.85;
/** Above usual: at least this factor, and enough attacks that it is not noise. */
const ABOVE_FACTOR = 1.5;
const ABOVE_MIN_ATTACKS = 30;

/** The 15th percentile, the median and the 85th. */
export type Band = { low: number; median: number; high: number };

export type UsualState =
  /** `sinceMs`: the oldest data; what is older is not known, which is not the same as nothing. */
  { kind: "known"; weeks: number; sinceMs: number } | { kind: "learning"; daysLeft: number };

/** What can be said about usual when the oldest data is from `firstDataMs` (null: there is none). */
export function usualState(firstDataMs: number | null, nowMs: number): UsualState {
  if (firstDataMs === null) return { kind: "learning", daysLeft: LEARNING_DAYS };
  const ageMs = nowMs - firstDataMs;
  const daysLeft = Math.ceil(LEARNING_DAYS - ageMs / DAY_MS);
  if (daysLeft > 0) return { kind: "learning", daysLeft };
  const weeks = Math.min(USUAL_WEEKS, Math.max(1, Math.floor(ageMs / WEEK_MS)));
  return { kind: "known", weeks, sinceMs: firstDataMs };
}

/** Null without samples. */
export function bandOf(samples: readonly number[]): Band | null {
  if (samples.length === 0) return null;
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    low: percentile(sorted, LOW_PERCENTILE),
    median: percentile(sorted, 0.5),
    high: percentile(sorted, HIGH_PERCENTILE),
  };
}

/** Of sorted numbers, linear between the two nearest ranks. */
export function percentile(sorted: readonly number[], portion: number): number {
  const position = portion * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** How much a city, country, network or name is above its usual; null when it is not, or not known. */
export type Excess = { kind: "factor"; factor: number } | { kind: "new" };

export function excessOf(count: number, usualMedian: number | null): Excess | null {
  if (usualMedian === null || count < ABOVE_MIN_ATTACKS) return null;
  if (usualMedian < 1) return { kind: "new" };
  const factor = count / usualMedian;
  return factor >= ABOVE_FACTOR ? { kind: "factor", factor } : null;
}
