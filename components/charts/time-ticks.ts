import { clockMinute, shortDay, shortWeekday } from "./format.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The largest of 1, 2, 5, 10, 20, 50 … that is not above the value: where the one gridline goes. */
export function niceCeiling(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2, 1].find((step) => step * power <= value) ?? 1) * power;
}

export type TimeTick = { atMs: number; text: string };

/** Round times between start and end, at most about eight, and none too near to the end, where “now” stands. */
export function timeTicks(startMs: number, endMs: number): TimeTick[] {
  const lengthMs = endMs - startMs;
  const steps = [10 * 60_000, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, DAY_MS, 5 * DAY_MS];
  const step = steps.find((each) => lengthMs / each <= 8) ?? 10 * DAY_MS;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil(startMs / step) * step; at < endMs - lengthMs * 0.05; at += step) {
    if (at - startMs < lengthMs * 0.03) continue;
    ticks.push({ atMs: at, text: tickText(at, step) });
  }
  return ticks;
}

function tickText(atMs: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return shortDay(atMs);
  return atMs % DAY_MS === 0 ? `${shortWeekday(atMs)} 00:00` : clockMinute(atMs);
}
