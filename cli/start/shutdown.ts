/** What must be put away when the process ends, the latest first. */
export class Shutdown {
  readonly #steps: (() => Promise<void> | void)[] = [];
  readonly #request = new AbortController();
  #running: Promise<void> | null = null;

  /** Aborted as soon as the process is asked to end; a start under way stops at its next step. */
  get requested(): AbortSignal {
    return this.#request.signal;
  }

  /**
   * Ends the process on SIGINT, SIGTERM and SIGHUP, and when the program that started it is gone, once `started` (the
   * start under way) is settled: what it begins meanwhile is put away as well.
   */
  listen(started: Promise<unknown>): void {
    const begin = (): void => {
      if (this.requested.aborted) return;
      this.#request.abort(new StartStopped());
      void started
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => this.run())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            console.error(error);
            process.exit(1);
          },
        );
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, begin);
    process.on("disconnect", begin);
  }

  add(step: () => Promise<void> | void): void {
    this.#steps.unshift(step);
  }

  /** Runs every step once, however often it is called; a step that fails doesn't keep the others from running. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Not everything could be stopped cleanly.");
  }
}

/** The start was told to stop before it was done. */
class StartStopped extends Error {}
