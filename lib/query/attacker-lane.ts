import type { StoryEvent } from "./attacker-story.ts";

const LANE_HOURS = 168;
const HOUR_MS = 3_600_000;

/** What one host saw in the last 7 days: attacks by hour, and when it blocked. */
export type Lane = {
  /** Hours from 0 (a week ago) to 167 (the running one) that had attacks. */
  bars: { hour: number; attacks: number }[];
  /** In hours from a week ago, with fractions. */
  blocked: { from: number; to: number }[];
};

/** `events` of one host, in any order. */
export function laneOf(events: readonly StoryEvent[], nowMs: number): Lane {
  const startMs = nowMs - LANE_HOURS * HOUR_MS;
  const oldestFirst = events.toSorted((a, b) => a.timeMs - b.timeMs);
  const hours = new Map<number, number>();
  for (const event of oldestFirst) {
    if (event.kind !== "attempt" && event.kind !== "blocked") continue;
    const hour = Math.floor((event.timeMs - startMs) / HOUR_MS);
    if (hour >= 0 && hour < LANE_HOURS) hours.set(hour, (hours.get(hour) ?? 0) + event.count);
  }
  const toHours = (timeMs: number): number => Math.max(0, (timeMs - startMs) / HOUR_MS);
  return {
    bars: [...hours].map(([hour, attacks]) => ({ hour, attacks })),
    blocked: blockedTimes(oldestFirst, nowMs)
      .filter((time) => time.toMs > startMs)
      .map((time) => ({ from: toHours(time.fromMs), to: toHours(time.toMs) })),
  };
}

/** From a ban to its unban, or to its planned end where the log has none. */
function blockedTimes(oldestFirst: readonly StoryEvent[], nowMs: number): { fromMs: number; toMs: number }[] {
  const times: { fromMs: number; toMs: number }[] = [];
  for (const event of oldestFirst) {
    const last = times.at(-1);
    const running = last !== undefined && last.toMs > event.timeMs ? last : null;
    if (event.kind === "ban" || event.kind === "restore") {
      const plannedEndMs = event.timeMs + durationMs(event);
      if (running === null) times.push({ fromMs: event.timeMs, toMs: plannedEndMs });
      else running.toMs = Math.max(running.toMs, plannedEndMs);
    } else if (event.kind === "unban" && running !== null) running.toMs = event.timeMs;
  }
  return times.map((time) => ({ fromMs: time.fromMs, toMs: Math.min(time.toMs, nowMs) }));
}

/** A ban whose end the log does not say lasts until its unban. */
function durationMs(event: StoryEvent): number {
  const { durationSeconds } = event;
  return durationSeconds === null || durationSeconds < 0 ? Infinity : durationSeconds * 1000;
}
