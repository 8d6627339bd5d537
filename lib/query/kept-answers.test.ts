import { describe, expect, it } from "vitest";
import { KeptAnswers } from "./kept-answers.ts";

describe("KeptAnswers", () => {
  it("asks once for all who ask at the same time and shortly after", async () => {
    let nowMs = 0;
    let asked = 0;
    const answers = new KeptAnswers(() => nowMs);
    const ask = () => Promise.resolve(++asked);
    expect(await Promise.all([answers.get("a", 500, ask), answers.get("a", 500, ask)])).toEqual([1, 1]);
    nowMs = 499;
    expect(await answers.get("a", 500, ask)).toBe(1);
    expect(await answers.get("b", 500, ask)).toBe(2);
    nowMs = 500;
    expect(await answers.get("a", 500, ask)).toBe(3);
  });

  it("does not keep a failure", async () => {
    const answers = new KeptAnswers(() => 0);
    await expect(answers.get("a", 500, () => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(await answers.get("a", 500, () => Promise.resolve("up"))).toBe("up");
  });
});
