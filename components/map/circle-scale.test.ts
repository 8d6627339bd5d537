import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  circleRadius,
  legendValues,
  roundValue,
  SMALLEST_RADIUS,
  smallestDotAttacks,
  tween,
} from "./circle-scale.ts";

describe("circleRadius", () => {
  it("makes the area proportional to the attacks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1_000_000 }), fc.integer({ min: 1, max: 9 }), (count, times) => {
        const one = circleRadius(count, count, 42);
        const more = circleRadius(count * times, count, 42);
        expect((more / one) ** 2).toBeCloseTo(times, 6);
      }),
    );
  });

  it("gives the largest radius to the reference and none to no attacks", () => {
    expect(circleRadius(965, 965, 21)).toBe(21);
    expect(circleRadius(0, 965, 21)).toBe(0);
    expect(circleRadius(5, 0, 21)).toBe(0);
  });

  it("never draws a dot that can't be seen, and says up to how many attacks it stands for", () => {
    const most = smallestDotAttacks(100_000, 42);
    expect(circleRadius(most, 100_000, 42)).toBe(SMALLEST_RADIUS);
    expect(circleRadius(most + 2, 100_000, 42)).toBeGreaterThan(SMALLEST_RADIUS);
  });
});

describe("the legend", () => {
  it("shows round values near seven tenths, a fifth and a twenty-fifth", () => {
    expect(legendValues(1224)).toEqual([1000, 200, 50]);
    expect(legendValues(286)).toEqual([200, 50, 10]);
  });

  it("leaves out what would be there twice", () => {
    expect(legendValues(1)).toEqual([1]);
    expect(legendValues(0)).toEqual([1]);
  });

  it("rounds to 1, 2, 3, 5 and ten times those", () => {
    expect([1, 4.2, 26, 48, 860].map(roundValue)).toEqual([1, 5, 30, 50, 1000]);
  });
});

describe("tween", () => {
  it("starts and ends where it should and is half way in the middle", () => {
    expect([0, 0.5, 1].map((portion) => tween(10, 30, portion))).toEqual([10, 20, 30]);
  });
});
