import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandOf, excessOf, percentile, usualState } from "./usual.ts";

const DAY_MS = 86_400_000;

describe("bandOf", () => {
  it("is the 15th percentile, the median and the 85th", () => {
    expect(bandOf([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110])).toEqual({ low: 25, median: 60, high: 95 });
    expect(bandOf([7])).toEqual({ low: 7, median: 7, high: 7 });
    expect(bandOf([])).toBeNull();
  });

  it("is ordered and within what was seen, whatever was seen", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (samples) => {
        const band = bandOf(samples)!;
        expect(band.low).toBeGreaterThanOrEqual(Math.min(...samples));
        expect(band.median).toBeGreaterThanOrEqual(band.low);
        expect(band.high).toBeGreaterThanOrEqual(band.median);
        expect(band.high).toBeLessThanOrEqual(Math.max(...samples));
      }),
    );
  });

  it("goes linearly between two ranks", () => {
    expect(percentile([0, 10], 0.25)).toBe(2.5);
  });
});

describe("usualState", () => {
  const now = Date.parse("2026-11-20T03:12:40Z");

  it("learns for seven days and says how many are left", () => {
    expect(usualState(null, now)).toEqual({ kind: "learning", daysLeft: 7 });
    expect(usualState(now - 2.5 * DAY_MS, now)).toEqual({ kind: "learning", daysLeft: 5 });
    expect(usualState(now - 7 * DAY_MS + 1, now)).toEqual({ kind: "learning", daysLeft: 1 });
  });

  it("then looks back as many whole weeks as there are, at most four", () => {
    expect(usualState(now - 7 * DAY_MS, now)).toMatchObject({ kind: "known", weeks: 1 });
    expect(usualState(now - 20 * DAY_MS, now)).toMatchObject({ kind: "known", weeks: 2 });
    expect(usualState(now - 400 * DAY_MS, now)).toEqual({
      kind: "known",
      weeks: 4,
      sinceMs: now - 400 * DAY_MS,
    });
  });
});

describe("excessOf", () => {
  it("needs one and a half times the usual and thirty attacks", () => {
    expect(excessOf(60, 40)).toEqual({ kind: "factor", factor: 1.5 });
    expect(excessOf(59, 40)).toBeNull();
    expect(excessOf(29, 1)).toBeNull();
  });

  it("is new where there is usually nothing, and unknown while usual is being learned", () => {
    expect(excessOf(30, 0)).toEqual({ kind: "new" });
    expect(excessOf(3000, null)).toBeNull();
  });
});
