import { expect, test } from "vitest";
import { weekPartitionOf } from "./week-partition.ts";

test.each([
  ["2026-11-20T12:00:00Z", "event_y2026w47", "2026-11-16", "2026-11-23"],
  // The first days of January may belong to the last week of the year before, and the last of December to the next.
  ["2027-01-03T23:59:59.999Z", "event_y2026w53", "2026-12-28", "2027-01-04"],
  ["2027-01-04T00:00:00Z", "event_y2027w01", "2027-01-04", "2027-01-11"],
  ["2024-12-30T00:00:00Z", "event_y2025w01", "2024-12-30", "2025-01-06"],
  ["1970-01-01T00:00:00Z", "event_y1970w01", "1969-12-29", "1970-01-05"],
])("%s belongs to %s", (time, name, from, to) => {
  expect(weekPartitionOf(Date.parse(time))).toEqual({ name, fromMs: Date.parse(from), toMs: Date.parse(to) });
});
