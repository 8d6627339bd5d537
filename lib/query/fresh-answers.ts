/** How many times the work of an answer lies between two starts: one key takes at most about a third of its time. */
const REST_TIMES_THE_WORK = 3;
const REST_AT_MOST_MS = 5_000;
const MAX_KEYS = 500;

type Entry = {
  answer: Promise<unknown>;
  /** When the next one may start. */
  restUntilMs: number;
  running: Promise<unknown> | null;
  /** Asked for, and not started yet. */
  next: Promise<unknown> | null;
};

/**
 * One answer for all who ask the same within a short time. An answer is never older than the question: who asks while
 * one is being made, or just after, gets the next one, so that nobody who was told of a change is shown the state
 * before it.
 */
export class FreshAnswers {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  readonly #wait: (ms: number) => Promise<void>;

  constructor(now: () => number, wait: (ms: number) => Promise<void>) {
    this.#now = now;
    this.#wait = wait;
  }

  get<T>(key: string, everyMs: number, ask: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key);
    if (
      entry === undefined ||
      (entry.running === null && entry.next === null && this.#now() >= entry.restUntilMs)
    ) {
      return this.#start(key, everyMs, ask);
    }
    entry.next ??= this.#startLater(key, entry, everyMs, ask);
    return entry.next as Promise<T>;
  }

  /** The answer of just now if there is one: for a page that asks again once it is alive. */
  recent<T>(key: string, everyMs: number, ask: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key);
    if (entry === undefined || (entry.running === null && this.#now() >= entry.restUntilMs)) {
      return this.get(key, everyMs, ask);
    }
    return entry.answer as Promise<T>;
  }

  async #startLater<T>(key: string, entry: Entry, everyMs: number, ask: () => Promise<T>): Promise<T> {
    await entry.running?.catch(() => undefined);
    await this.#wait(Math.max(0, entry.restUntilMs - this.#now()));
    return this.#start(key, everyMs, ask);
  }

  #start<T>(key: string, everyMs: number, ask: () => Promise<T>): Promise<T> {
    this.#forgetRested();
    const startedAtMs = this.#now();
    const answer = ask();
    const entry: Entry = { answer, restUntilMs: startedAtMs + everyMs, running: answer, next: null };
    this.#entries.set(key, entry);
    const finish = () => {
      const tookMs = this.#now() - startedAtMs;
      entry.running = null;
      entry.restUntilMs =
        startedAtMs + Math.max(everyMs, Math.min(REST_AT_MOST_MS, tookMs * REST_TIMES_THE_WORK));
    };
    answer.then(finish, finish);
    return answer;
  }

  #forgetRested(): void {
    if (this.#entries.size < MAX_KEYS) return;
    for (const [key, entry] of this.#entries) {
      if (entry.running === null && entry.next === null && this.#now() >= entry.restUntilMs)
        this.#entries.delete(key);
    }
  }
}

/** One for the process; the framework may load this module more than once. */
export function freshAnswers(): FreshAnswers {
  const holder = globalThis as typeof globalThis & { banwatchFreshAnswers?: FreshAnswers };
  holder.banwatchFreshAnswers ??= new FreshAnswers(
    () => performance.now(),
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  );
  return holder.banwatchFreshAnswers;
}
