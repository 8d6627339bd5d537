type Kept = { answer: Promise<unknown>; keptUntilMs: number };

const MAX_KEPT = 500;

/**
 * Answers that several people ask for at once, or that change slowly: asked once, then given to everybody for a
 * while. A failure is not kept.
 */
export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get<T>(key: string, keepMs: number, ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && nowMs < kept.keptUntilMs) return kept.answer as Promise<T>;
    if (this.#kept.size >= MAX_KEPT) this.#forgetOld(nowMs);
    const answer = ask();
    const entry: Kept = { answer, keptUntilMs: Infinity };
    this.#kept.set(key, entry);
    answer.then(
      () => (entry.keptUntilMs = this.#now() + keepMs),
      () => this.#kept.get(key) === entry && this.#kept.delete(key),
    );
    return answer;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, kept] of this.#kept) if (kept.keptUntilMs < nowMs) this.#kept.delete(key);
    for (const key of this.#kept.keys()) {
      if (this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(key);
    }
  }
}

/** One for the process; the framework may load this module more than once. */
export function keptAnswers(): KeptAnswers {
  const holder = globalThis as typeof globalThis & { banwatchKeptAnswers?: KeptAnswers };
  holder.banwatchKeptAnswers ??= new KeptAnswers(() => performance.now());
  return holder.banwatchKeptAnswers;
}
