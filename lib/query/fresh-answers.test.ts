import { describe, expect, it } from "vitest";
import { FreshAnswers } from "./fresh-answers.ts";

/** A clock that moves only when somebody waits. */
function clock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    wait: async (ms: number) => {
      nowMs += ms;
      await Promise.resolve();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("FreshAnswers", () => {
  it("never answers with what was begun before the question", async () => {
    const time = clock();
    const answers = new FreshAnswers(time.now, time.wait);
    let stored = "before";
    const ask = () => Promise.resolve(stored);
    const first = answers.get("a", 500, ask);
    stored = "after";
    const second = answers.get("a", 500, ask);
    expect(await first).toBe("before");
    expect(await second).toBe("after");
  });

  it("answers all who wait with one, half a second after the last began", async () => {
    const time = clock();
    const answers = new FreshAnswers(time.now, time.wait);
    let asked = 0;
    const ask = () => Promise.resolve(++asked);
    await answers.get("a", 500, ask);
    time.pass(100);
    expect(await Promise.all([answers.get("a", 500, ask), answers.get("a", 500, ask)])).toEqual([2, 2]);
    expect(time.now()).toBe(500);
    expect(await answers.get("b", 500, ask)).toBe(3);
    time.pass(500);
    expect(await answers.get("a", 500, ask)).toBe(4);
    expect(time.now()).toBe(1000);
  });

  it("rests three times as long as a slow answer took", async () => {
    const time = clock();
    const answers = new FreshAnswers(time.now, time.wait);
    const slow = () => {
      time.pass(400);
      return Promise.resolve("slow");
    };
    await answers.get("a", 500, slow);
    await answers.get("a", 500, slow);
    expect(time.now()).toBe(1200 + 400);
  });

  it("gives a page what is there, and begins anew when that is old", async () => {
    const time = clock();
    const answers = new FreshAnswers(time.now, time.wait);
    let asked = 0;
    const ask = () => Promise.resolve(++asked);
    expect(await answers.recent("a", 500, ask)).toBe(1);
    expect(await answers.recent("a", 500, ask)).toBe(1);
    time.pass(500);
    expect(await answers.recent("a", 500, ask)).toBe(2);
  });

  it("goes on after a failure", async () => {
    const time = clock();
    const answers = new FreshAnswers(time.now, time.wait);
    const failing = answers.get("a", 500, () => Promise.reject(new Error("down")));
    const next = answers.get("a", 500, () => Promise.resolve("up"));
    await expect(failing).rejects.toThrow("down");
    expect(await next).toBe("up");
  });
});
