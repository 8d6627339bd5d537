import { expect, test } from "vitest";
import { endOf, left, near } from "./ban-words.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");
const MINUTE = 60_000;

test.each([
  [-5 * MINUTE, "now"],
  [10 * MINUTE, "10 min"],
  [99 * MINUTE, "99 min"],
  [100 * MINUTE, "2 h"],
  [47 * 60 * MINUTE, "47 h"],
  [7 * 24 * 60 * MINUTE, "7 d"],
])("%d ms from now is %s", (ms, expected) => {
  expect(left(ms)).toBe(expected);
});

test("an end says when and in how long", () => {
  const row = { permanent: false, untilMs: NOW + 50 * MINUTE, hostCount: 2 };
  expect(endOf(row, NOW)).toEqual({ at: "04:02", left: "50 min" });
  expect(endOf({ ...row, permanent: true, untilMs: null }, NOW)).toEqual({ at: "Permanent", left: null });
  expect(endOf({ ...row, untilMs: null }, NOW)).toEqual({ at: "Not known", left: null });
  expect(endOf({ ...row, hostCount: 0 }, NOW)).toEqual({ at: "Not blocked", left: null });
});

test("another day is named", () => {
  expect(near(NOW - 24 * 60 * MINUTE, NOW)).toBe("Thu 03:12");
  expect(near(NOW + 7 * 24 * 60 * MINUTE, NOW)).toBe("27 Nov");
});
