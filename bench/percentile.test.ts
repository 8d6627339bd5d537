import { expect, it } from "vitest";
import { percentile } from "./percentile.ts";

it("is a value that was measured", () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([5, 1], 0.95)).toBe(5);
  expect(percentile([7], 0.95)).toBe(7);
});

it("is not a number when nothing was measured", () => {
  expect(percentile([], 0.5)).toBeNaN();
});
