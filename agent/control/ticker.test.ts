import { afterEach, expect, it, vi } from "vitest";
import { Ticker } from "./ticker.ts";

afterEach(() => void vi.restoreAllMocks());

it("works on when the host's clock is set back by hours", async () => {
  let ticks = 0;
  let onTick = () => {};
  const work = () => {
    ticks += 1;
    onTick();
    return Promise.resolve();
  };
  const ticker = new Ticker(work, { everyMs: 20, settleMs: 5, log: () => {} });
  const stop = new AbortController();
  const running = ticker.run(stop.signal);
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() - 7_200_000);
  await new Promise<void>((resolve) => {
    onTick = () => {
      if (ticks === 5) resolve();
    };
  });
  stop.abort();
  await running;
  expect(ticks).toBe(5);
});
