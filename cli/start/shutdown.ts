/** What must be put away when the process ends, the latest first. */
export class Shutdown {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | null = null;

  /** Ends the process on SIGINT, SIGTERM and SIGHUP, and when the program that started it is gone. */
  listen(): void {
    const begin = (): void => {
      this.run().then(
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
    for (const step of this.#steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Not everything could be stopped cleanly.");
  }
}
