import type pg from "pg";
import { type AttackFilter, DAY_MS, HOUR_MS, SLOT_MS, WEEK_MS } from "./attack-filter.ts";
import { firstDataMs, type SlotSum, slotSums } from "./slot-sums.ts";
import { type Band, bandOf, usualState, type UsualState } from "./usual.ts";

/** A count of the last hour or day, with what is usual then; null while that is being learned. */
export type CountNow = { count: number; usual: Band | null };

export type AttacksNow = {
  usual: UsualState;
  attacksHour: CountNow;
  bansHour: CountNow;
  bansDay: CountNow;
  unbansHour: number;
  /** New bans in each of the last 24 hours, counted back from now, oldest first. */
  bansByHour: number[];
  loginsDay: number;
  /** Attacks of the last ten full minutes, a minute. */
  attacksPerMinute: number;
};

/**
 * The last hour and day against the same weekday and hour of up to four weeks before. Counts come in slots of ten
 * minutes: the slot in which the hour began counts in the part of it that is within the hour.
 */
export async function attacksNow(
  pool: pg.Pool,
  filter: Pick<AttackFilter, "host" | "jail">,
  nowMs: number,
): Promise<AttacksNow> {
  const usual = usualState(await firstDataMs(pool), nowMs);
  const weeksBefore = usual.kind === "known" ? usual.weeks : 0;
  const startMs = nowMs - (nowMs % SLOT_MS) - DAY_MS - HOUR_MS;
  const sums = await slotSums(pool, filter, {
    startMs,
    endMs: nowMs + HOUR_MS,
    stepMs: SLOT_MS,
    weeksBefore,
  });
  return summariseNow(sums, usual, nowMs);
}

/** How far a window of the weeks before may be off: the usual of an hour is not the luck of one. */
const SHIFTS = [-3, -2, -1, 0, 1, 2, 3];

export function summariseNow(sums: readonly SlotSum[], usual: UsualState, nowMs: number): AttacksNow {
  const { weeks, sinceMs } = usual.kind === "known" ? usual : { weeks: 0, sinceMs: nowMs };
  const slots = new Map(sums.map((sum) => [sum.startMs, sum]));
  const within = (endMs: number, lengthMs: number, of: (sum: SlotSum) => number) =>
    countWithin(slots, endMs, lengthMs, of, nowMs);
  const countNow = (lengthMs: number, of: (sum: SlotSum) => number): CountNow => ({
    count: Math.round(within(nowMs, lengthMs, of)),
    usual: bandOf(
      Array.from({ length: weeks }, (_, index) => nowMs - (index + 1) * WEEK_MS)
        .flatMap((endMs) => SHIFTS.map((shift) => endMs + shift * SLOT_MS))
        .filter((endMs) => endMs - lengthMs >= sinceMs)
        .map((endMs) => within(endMs, lengthMs, of)),
    ),
  });
  const slotMs = nowMs - (nowMs % SLOT_MS);
  return {
    usual,
    attacksHour: countNow(HOUR_MS, (sum) => sum.attacks),
    bansHour: countNow(HOUR_MS, (sum) => sum.bans),
    bansDay: countNow(DAY_MS, (sum) => sum.bans),
    unbansHour: Math.round(within(nowMs, HOUR_MS, (sum) => sum.unbans)),
    bansByHour: Array.from({ length: 24 }, (_, index) =>
      Math.round(within(nowMs - (23 - index) * HOUR_MS, HOUR_MS, (sum) => sum.bans)),
    ),
    loginsDay: Math.round(within(nowMs, DAY_MS, (sum) => sum.logins)),
    attacksPerMinute: (slots.get(slotMs - SLOT_MS)?.attacks ?? 0) / 10,
  };
}

function countWithin(
  slots: ReadonlyMap<number, SlotSum>,
  endMs: number,
  lengthMs: number,
  of: (sum: SlotSum) => number,
  nowMs: number,
): number {
  const startMs = endMs - lengthMs;
  let total = 0;
  for (let slot = startMs - (startMs % SLOT_MS); slot < endMs; slot += SLOT_MS) {
    const sum = slots.get(slot);
    if (sum === undefined) continue;
    const inFront = Math.min(1, (slot + SLOT_MS - startMs) / SLOT_MS);
    // The running slot holds only what has happened; one of the past that the window ends in holds more.
    const behind = endMs < nowMs ? Math.min(1, (endMs - slot) / SLOT_MS) : 1;
    total += of(sum) * Math.min(inFront, behind);
  }
  return total;
}
