import { describe, expect, it } from "vitest";
import { mapLongitude, moveLine } from "./world-geometry.ts";

describe("the cut in the Bering Strait", () => {
  it("keeps what crosses the 180th meridian in one piece", () => {
    const wrangel = [
      [178.7, 71],
      [180, 71.5],
      [-177.6, 71.1],
      [178.7, 71],
    ];
    expect(moveLine(wrangel).map(([longitude]) => longitude)).toEqual([178.7, 180, 182.4, 178.7]);
  });

  it("moves what lies behind it to the east, and leaves Alaska where it is", () => {
    expect(
      moveLine([
        [-175, 65],
        [-170, 66],
      ]),
    ).toEqual([
      [185, 65],
      [190, 66],
    ]);
    const alaska = [
      [-168, 65],
      [-141, 66],
    ];
    expect(moveLine(alaska)).toBe(alaska);
  });

  it("puts a city on the same side as its land", () => {
    expect([-177, -168, 0, 179].map(mapLongitude)).toEqual([183, -168, 0, 179]);
  });
});
