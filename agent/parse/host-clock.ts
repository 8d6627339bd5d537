const QUARTER_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How far a log's stamps may run backwards without it meaning that an hour is told a second time. */
const DISORDER_MS = 10 * 60 * 1000;
const CACHE_LIMIT = 10_000;

/** Turns a wall clock's reading in one zone into a time. */
export type HostClock = {
  /** `wallMs` is the reading as if it were UTC. */
  toUtc(wallMs: number): number;
};

/**
 * An hour that the zone's clock shows twice (the end of summer time) is taken as the first, until the log's own order
 * says that the second has begun. A reading that the clock skips is taken with the offset from before the jump.
 */
export function createHostClock(timeZone: string): HostClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  // Asking Intl costs microseconds; zones change their offset on quarters of an hour, so one answer serves a quarter.
  const offsets = new Map<number, { first: number; second: number }>();
  let cachedQuarter = Number.NaN;
  let cached = { first: 0, second: 0 };
  let latestMs = Number.NEGATIVE_INFINITY;

  function offsetAt(utcMs: number): number {
    const parts = new Map<string, number>();
    for (const { type, value } of format.formatToParts(utcMs)) parts.set(type, Number(value));
    const part = (type: string) => parts.get(type) ?? 0;
    const wall = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return wall - Math.floor(utcMs / 1000) * 1000;
  }

  function offsetsOf(quarter: number): { first: number; second: number } {
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const wallMs = quarter * QUARTER_MS;
    const before = offsetAt(wallMs - DAY_MS);
    const after = offsetAt(wallMs + DAY_MS);
    const valid = [before, after].filter((offset) => offsetAt(wallMs - offset) === offset);
    const found = { first: valid[0] ?? before, second: valid[1] ?? valid[0] ?? before };
    if (offsets.size >= CACHE_LIMIT) offsets.clear();
    offsets.set(quarter, found);
    return found;
  }

  return {
    toUtc(wallMs) {
      const quarter = Math.floor(wallMs / QUARTER_MS);
      if (quarter !== cachedQuarter) {
        cached = offsetsOf(quarter);
        cachedQuarter = quarter;
      }
      let utcMs = wallMs - cached.first;
      if (cached.first !== cached.second && utcMs < latestMs - DISORDER_MS) {
        const told = wallMs - cached.second;
        if (told >= latestMs - DISORDER_MS) utcMs = told;
      }
      latestMs = Math.max(utcMs, latestMs - DAY_MS);
      return utcMs;
    },
  };
}
