/** Waiting times that double from one failure to the next, spread so that many agents don't come back at once. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(about: { firstMs: number; maxMs: number; random?: () => number }) {
    this.#firstMs = about.firstMs;
    this.#maxMs = about.maxMs;
    this.#random = about.random ?? Math.random;
  }

  reset(): void {
    this.#failures = 0;
  }

  nextMs(): number {
    const full = Math.min(this.#maxMs, this.#firstMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    return full * (0.5 + this.#random() / 2);
  }

  /** Waits as long as the next failure asks for, or until `hurry` or the end. */
  async wait(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop.removeEventListener("abort", done);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, this.nextMs());
      stop.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }

  /** There is reason to try now. */
  hurry(): void {
    this.reset();
    this.#wake?.();
  }
}
