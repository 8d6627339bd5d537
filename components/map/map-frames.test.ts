import { describe, expect, it } from "vitest";
import type { MapFrame, MapHours } from "../../lib/query/map-hours.ts";
import { hourName, liveIndex, mergeHours, placesOfHour, referenceOf } from "./map-frames.ts";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-11-20T00:00:00Z");
const place = (placeId: number, city: string) => ({
  placeId,
  city,
  countryCode: "NL",
  latitude: 52,
  longitude: 5,
});
const frame = (cells: number[], more: Partial<MapFrame> = {}): MapFrame => ({
  attacks: cells.filter((_, at) => at % 2 === 1).reduce((sum, count) => sum + count, 0),
  countries: 1,
  usual: null,
  cells,
  excess: {},
  ...more,
});
const hours = (frames: MapFrame[], more: Partial<MapHours> = {}): MapHours => ({
  asOfMs: START,
  firstHourMs: START,
  places: [place(1, "Amsterdam"), place(2, "Delft")],
  frames,
  countryNames: { NL: "Netherlands" },
  usual: { kind: "learning", daysLeft: 7 },
  ...more,
});

describe("placesOfHour", () => {
  it("names the cities, the largest first, with what is above usual", () => {
    const all = hours([frame([0, 3, 1, 40], { excess: { 1: { kind: "factor", factor: 2 } } })]);
    expect(placesOfHour(all, 0).map(({ city, attacks, excess }) => [city, attacks, excess])).toEqual([
      ["Delft", 40, { kind: "factor", factor: 2 }],
      ["Amsterdam", 3, null],
    ]);
    expect(placesOfHour(all, 7)).toEqual([]);
  });
});

describe("referenceOf", () => {
  it("is the largest of any city in any hour, so that hours stay comparable", () => {
    expect(referenceOf(hours([frame([0, 3]), frame([1, 286]), frame([])]))).toBe(286);
  });
});

describe("mergeHours", () => {
  it("replaces the newest frames and adds new ones, with places that were not known", () => {
    const known = hours([frame([0, 1]), frame([1, 2])]);
    const tail = hours([frame([0, 9], { excess: { 0: { kind: "new" } } }), frame([1, 4])], {
      asOfMs: START + 1,
      firstHourMs: START + HOUR_MS,
      places: [place(3, "Paris"), place(1, "Amsterdam")],
    });
    const merged = mergeHours(known, tail);
    expect(merged.frames).toHaveLength(3);
    expect(placesOfHour(merged, 0).map((each) => each.city)).toEqual(["Amsterdam"]);
    expect(placesOfHour(merged, 1)).toMatchObject([{ city: "Paris", attacks: 9, excess: { kind: "new" } }]);
    expect(placesOfHour(merged, 2)).toMatchObject([{ city: "Amsterdam", attacks: 4 }]);
  });

  it("leaves newer data alone", () => {
    const known = hours([frame([0, 1])], { asOfMs: START + 5 });
    expect(mergeHours(known, hours([frame([0, 9])]))).toBe(known);
  });
});

describe("liveIndex", () => {
  it("is the last full hour, or the running one while there is nothing before it", () => {
    expect(liveIndex(hours([frame([0, 1]), frame([0, 2]), frame([])]))).toBe(1);
    expect(liveIndex(hours([frame([]), frame([]), frame([0, 2])]))).toBe(2);
  });

  it("has a name for the URL", () => {
    expect(hourName(START + 2 * HOUR_MS)).toBe("2026-11-20T02");
  });
});
