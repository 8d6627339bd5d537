import type { RuleKeeper } from "./rule-keeper.ts";

/** The check of the firewall takes a small part of the agent's time, and comes every 10 s at the latest if it can. */
const CHECK_MIN_MS = 2_000;
const CHECK_MAX_MS = 10_000;
const CHECK_COST_FACTOR = 50;
const CHECK_COST_MIN_FACTOR = 10;

/** Has the firewall checked until `stop`, again and again, and in time for each rule that ends. */
export async function keepChecking(keeper: RuleKeeper, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const costMs = await keeper.check();
    const usualMs = Math.min(CHECK_MAX_MS, Math.max(CHECK_MIN_MS, costMs * CHECK_COST_FACTOR));
    // A firewall that takes seconds to read is read less often; a rule that ends is ended on time all the same.
    const pauseMs = Math.min(Math.max(usualMs, costMs * CHECK_COST_MIN_FACTOR), keeper.msUntilNextEnd());
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, pauseMs);
      stop.addEventListener("abort", done, { once: true });
      if (stop.aborted) done();
    });
  }
}
