import { type Log, sayOnce } from "./agent-log.ts";
import { Refused, Unreachable } from "./app-client.ts";
import { Backoff } from "./backoff.ts";
import { wordsOf } from "./words.ts";

/** Does something every so often, and soon after there is a reason to; never twice at once. */
export class Ticker {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  readonly #settleMs: number;
  readonly #backoff: Backoff;
  readonly #say: (sentence: string | null) => void;
  /** By the clock that is never set: the host's own may be put back by hours. */
  #dueMs = 0;
  #wake: (() => void) | null = null;

  /** A reason to work is answered after `settleMs`, so that many at once are answered once. */
  constructor(work: () => Promise<void>, times: { everyMs: number; settleMs: number; log: Log }) {
    this.#say = sayOnce(times.log);
    this.#work = work;
    this.#everyMs = times.everyMs;
    this.#settleMs = times.settleMs;
    this.#backoff = new Backoff({ firstMs: 500, maxMs: times.everyMs });
  }

  soon(): void {
    this.#dueMs = Math.min(this.#dueMs, performance.now() + this.#settleMs);
    this.#wake?.();
  }

  /** Works until `stop`. Throws Refused when this host is refused for good; other failures are tried again. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#dueMs = performance.now() + this.#everyMs;
      try {
        await this.#work();
        this.#backoff.reset();
        this.#say(null);
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Refused && error.code === "key_revoked") throw error;
        // That the app is away is said by the stream.
        if (!(error instanceof Unreachable)) this.#say(wordsOf(error));
        this.#dueMs = Math.min(this.#dueMs, performance.now() + this.#backoff.nextMs());
      }
      await this.#sleep(stop);
    }
  }

  async #sleep(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && performance.now() < this.#dueMs) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          stop.removeEventListener("abort", done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, this.#dueMs - performance.now());
        stop.addEventListener("abort", done, { once: true });
        this.#wake = done;
      });
    }
  }
}
