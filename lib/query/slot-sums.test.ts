import { describe, expect, it } from "vitest";
import { stretchesOf } from "./slot-sums.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

describe("stretchesOf", () => {
  it("is the same day of each week", () => {
    expect(stretchesOf({ startMs: 5 * WEEK_MS, endMs: 5 * WEEK_MS + DAY_MS, weeksBefore: 2 })).toEqual([
      { startMs: 3 * WEEK_MS, endMs: 3 * WEEK_MS + DAY_MS },
      { startMs: 4 * WEEK_MS, endMs: 4 * WEEK_MS + DAY_MS },
      { startMs: 5 * WEEK_MS, endMs: 5 * WEEK_MS + DAY_MS },
    ]);
  });

  it("counts no hour twice when a stretch is a little longer than a week", () => {
    expect(stretchesOf({ startMs: 5 * WEEK_MS, endMs: 6 * WEEK_MS + 1, weeksBefore: 3 })).toEqual([
      { startMs: 2 * WEEK_MS, endMs: 6 * WEEK_MS + 1 },
    ]);
  });
});
