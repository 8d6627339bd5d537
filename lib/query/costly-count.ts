/** How many times the work of counting the answer is kept: counting takes at most about 5 % of a processor. */
const KEPT_FOR_TIMES_THE_WORK = 20;
const KEPT_AT_MOST_MS = 10_000;

type Kept = { startedAtMs: number; keptUntilMs: number; answer: Promise<unknown> };

/**
 * Counts that are exact while they are cheap and a few seconds old when they are not: an answer is kept for twenty
 * times as long as it took to get. A table of a hundred rows is counted each time; one of 500,000 every few seconds.
 */
export class CostlyCounts {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get<T>(key: string, count: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#now() < kept.keptUntilMs) return kept.answer as Promise<T>;
    const startedAtMs = this.#now();
    const answer = count();
    // Until it is known how long the count takes, everybody who asks waits for the same one.
    const entry: Kept = { startedAtMs, keptUntilMs: Infinity, answer };
    this.#kept.set(key, entry);
    void this.#keep(key, entry);
    return answer;
  }

  async #keep(key: string, entry: Kept): Promise<void> {
    try {
      await entry.answer;
      const tookMs = this.#now() - entry.startedAtMs;
      entry.keptUntilMs = this.#now() + Math.min(tookMs * KEPT_FOR_TIMES_THE_WORK, KEPT_AT_MOST_MS);
    } catch {
      // Who asked gets the error; the next one counts anew.
      this.#kept.delete(key);
    }
  }
}

/** One for the process; the framework may load this module more than once. */
export function costlyCounts(): CostlyCounts {
  const holder = globalThis as typeof globalThis & { banwatchCostlyCounts?: CostlyCounts };
  holder.banwatchCostlyCounts ??= new CostlyCounts(() => performance.now());
  return holder.banwatchCostlyCounts;
}
