import { describe, expect, it } from "vitest";
import { layOut } from "./attack-timeline.ts";

const SLOT_MS = 600_000;
const WEEK_MS = 7 * 86_400_000;
const FIRST = Date.parse("2026-11-20T02:00:00Z");
const at = (startMs: number, attacks: number) => ({ startMs, attacks, bans: 0 });

describe("layOut", () => {
  it("has a step for each slot up to now, with nothing where nothing happened", () => {
    const timeline = layOut([at(FIRST, 5), at(FIRST + 3 * SLOT_MS, 9)], {
      firstMs: FIRST,
      stepMs: SLOT_MS,
      endMs: FIRST + 3.4 * SLOT_MS,
      weeksBefore: 0,
      sinceMs: 0,
    });
    expect(timeline.attacks).toEqual([5, 0, 0, 9]);
    expect(timeline.usual).toBeNull();
  });

  it("takes what is usual from all slots of the same hour of the weeks before", () => {
    const before = [0, 1, 2, 3, 4, 5].map((slot) => at(FIRST + slot * SLOT_MS - WEEK_MS, 10 * (slot + 1)));
    const timeline = layOut([at(FIRST, 5), ...before], {
      firstMs: FIRST,
      stepMs: SLOT_MS,
      endMs: FIRST + 2 * SLOT_MS,
      weeksBefore: 2,
      sinceMs: FIRST - WEEK_MS,
    });
    // The week before that is not known: it does not count as one without attacks.
    expect(timeline.usual).toEqual([
      { low: 17.5, median: 35, high: 52.5 },
      { low: 17.5, median: 35, high: 52.5 },
    ]);
  });
});
