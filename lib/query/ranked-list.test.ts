import { describe, expect, it } from "vitest";
import { rank } from "./ranked-list.ts";

describe("rank", () => {
  it("shows the largest, counts all, and names what is above usual", () => {
    const list = rank(
      new Map([
        ["CN", 400],
        ["NL", 90],
        ["US", 300.4],
        ["XX", 0.3],
      ]),
      new Map([
        ["CN", 380],
        ["NL", 50],
        ["US", 310],
      ]),
      2,
    );
    expect(list.rows.map((row) => [row.key, row.attacks])).toEqual([
      ["CN", 400],
      ["US", 300],
    ]);
    expect(list).toMatchObject({ count: 3, attacks: 790, largestExcess: { key: "NL", above: 40 } });
  });

  it("calls nothing above usual while that is being learned", () => {
    const list = rank(new Map([["NL", 900]]), null, 10);
    expect(list.rows).toEqual([{ key: "NL", attacks: 900, excess: null }]);
    expect(list.largestExcess).toBeNull();
  });
});
