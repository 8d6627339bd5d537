import { expect, test } from "vitest";
import { CostlyCounts } from "./costly-count.ts";

function counter(tookMs: number) {
  let nowMs = 0;
  let times = 0;
  const counts = new CostlyCounts(() => nowMs);
  return {
    ask: () =>
      counts.get("all", async () => {
        nowMs += tookMs;
        return (times += 1);
      }),
    wait: (ms: number) => void (nowMs += ms),
  };
}

test("a count that took no time is made again for everybody who asks", async () => {
  const { ask } = counter(0);
  expect([await ask(), await ask()]).toEqual([1, 2]);
});

test("a slow count is kept for twenty times as long as it took", async () => {
  const { ask, wait } = counter(100);
  expect(await ask()).toBe(1);
  wait(1_900);
  expect(await ask()).toBe(1);
  wait(200);
  expect(await ask()).toBe(2);
});

test("those who ask while it is counted wait for the same count", async () => {
  const counts = new CostlyCounts(() => 0);
  let times = 0;
  const count = async (): Promise<number> => (times += 1);
  expect(await Promise.all([counts.get("all", count), counts.get("all", count)])).toEqual([1, 1]);
});

test("a count that failed is not kept", async () => {
  const counts = new CostlyCounts(() => 0);
  await expect(counts.get("all", () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect(await counts.get("all", async () => 5)).toBe(5);
});
