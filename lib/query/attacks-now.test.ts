import { describe, expect, it } from "vitest";
import { summariseNow } from "./attacks-now.ts";
import type { SlotSum } from "./slot-sums.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");
const SLOT_MS = 600_000;
const WEEK_MS = 7 * 86_400_000;
const sum = (time: string, counts: Partial<SlotSum>): SlotSum => ({
  startMs: Date.parse(time),
  attacks: 0,
  bans: 0,
  unbans: 0,
  logins: 0,
  ...counts,
});
const LEARNING = { kind: "learning", daysLeft: 7 } as const;

describe("the last hour", () => {
  it("counts all of the running slot and the part of the first that is within the hour", () => {
    const now = summariseNow(
      [
        sum("2026-11-20T02:10:00Z", { attacks: 10 }),
        sum("2026-11-20T02:50:00Z", { attacks: 100 }),
        sum("2026-11-20T03:10:00Z", { attacks: 7, bans: 1 }),
      ],
      LEARNING,
      NOW,
    );
    expect(now.attacksHour).toEqual({ count: 115, usual: null });
    expect(now.bansHour.count).toBe(1);
  });

  it("leaves out what is older", () => {
    const now = summariseNow([sum("2026-11-20T02:00:00Z", { attacks: 10, bans: 3 })], LEARNING, NOW);
    expect(now.attacksHour.count).toBe(0);
    expect(now.bansDay.count).toBe(3);
  });

  it("is compared with the same hour of the weeks before", () => {
    const sums: SlotSum[] = [];
    for (const week of [1, 2]) {
      for (let slot = -12; slot <= 12; slot++) {
        const startMs = Date.parse("2026-11-20T03:10:00Z") - week * WEEK_MS + slot * SLOT_MS;
        sums.push({ startMs, attacks: 10 * week, bans: 0, unbans: 0, logins: 0 });
      }
    }
    const { usual } = summariseNow(sums, { kind: "known", weeks: 2, sinceMs: 0 }, NOW).attacksHour;
    expect(usual?.low).toBeCloseTo(60, 5);
    expect(usual?.median).toBeCloseTo(90, 5);
    expect(usual?.high).toBeCloseTo(120, 5);
  });
});

describe("bans by hour", () => {
  it("has one number for each of 24 hours, the last one ending now", () => {
    const now = summariseNow(
      [sum("2026-11-20T03:00:00Z", { bans: 2 }), sum("2026-11-19T03:50:00Z", { bans: 5 })],
      LEARNING,
      NOW,
    );
    expect(now.bansByHour).toHaveLength(24);
    expect(now.bansByHour.at(-1)).toBe(2);
    expect(now.bansByHour[0]).toBe(5);
  });
});
