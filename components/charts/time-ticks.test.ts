import { describe, expect, it } from "vitest";
import { niceCeiling, timeTicks } from "./time-ticks.ts";

const at = (text: string) => Date.parse(text);

describe("timeTicks", () => {
  it("marks a day every three hours and names the day at midnight", () => {
    const ticks = timeTicks(at("2026-11-19T03:12:40Z"), at("2026-11-20T03:12:40Z"));
    expect(ticks.map((tick) => tick.text)).toEqual([
      "06:00",
      "09:00",
      "12:00",
      "15:00",
      "18:00",
      "21:00",
      "Fri 00:00",
    ]);
  });

  it("marks a week by days", () => {
    const ticks = timeTicks(at("2026-11-13T12:00:00Z"), at("2026-11-20T12:00:00Z"));
    expect(ticks[0]?.text).toBe("Sat 14 Nov");
    expect(ticks).toHaveLength(7);
  });
});

describe("niceCeiling", () => {
  it("is a round number that the data reaches", () => {
    expect([0, 7, 199, 200, 320, 5400].map(niceCeiling)).toEqual([1, 5, 100, 200, 200, 5000]);
  });
});
