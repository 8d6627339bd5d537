import { expect, test } from "vitest";
import { laneOf } from "./attacker-lane.ts";
import type { StoryEvent } from "./attacker-story.ts";

const NOW = Date.parse("2026-11-20T03:00:00Z");
const HOUR = 3_600_000;

const event = (hoursAgo: number, of: Partial<StoryEvent>): StoryEvent => ({
  timeMs: NOW - hoursAgo * HOUR,
  kind: "attempt",
  hostId: "h",
  hostName: "web-01",
  count: 1,
  userName: null,
  durationSeconds: null,
  ...of,
});

test("attacks are summed by hour, and older ones than a week left out", () => {
  const lane = laneOf([event(0.5, { count: 2 }), event(0.2, {}), event(100.5, {}), event(169, {})], NOW);
  expect(lane.bars).toEqual([
    { hour: 67, attacks: 1 },
    { hour: 167, attacks: 3 },
  ]);
});

test("a ban lasts until its unban, or its planned end, or now", () => {
  expect(
    laneOf([event(10, { kind: "ban", durationSeconds: 36_000 }), event(8, { kind: "unban" })], NOW),
  ).toEqual({
    bars: [],
    blocked: [{ from: 158, to: 160 }],
  });
  expect(laneOf([event(10, { kind: "ban", durationSeconds: 3600 })], NOW).blocked).toEqual([
    { from: 158, to: 159 },
  ]);
  expect(laneOf([event(10, { kind: "ban", durationSeconds: -1 })], NOW).blocked).toEqual([
    { from: 158, to: 168 },
  ]);
});

test("a ban after the end of another is one of its own; one within it is the same", () => {
  const hour = { kind: "ban", durationSeconds: 3600 } as const;
  expect(laneOf([event(10, hour), event(5, hour)], NOW).blocked).toEqual([
    { from: 158, to: 159 },
    { from: 163, to: 164 },
  ]);
  expect(laneOf([event(10, hour), event(9.5, hour)], NOW).blocked).toEqual([{ from: 158, to: 159.5 }]);
});

test("a ban that began before the week is shown from its start", () => {
  expect(laneOf([event(200, { kind: "ban", durationSeconds: -1 })], NOW).blocked).toEqual([
    { from: 0, to: 168 },
  ]);
});
