import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const SETTLED_MS = 2_000;

/**
 * Gives memory back to the host after a lot was read at once: by itself V8 keeps what it once needed, and an agent
 * that follows a log hardly makes garbage that would remind it. Call `note` whenever something was read.
 */
export class MemoryKeeper {
  readonly #collect: () => void;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor() {
    setFlagsFromString("--max-semi-space-size=2");
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    this.#collect = typeof collect === "function" ? () => void collect({ flavor: "last-resort" }) : () => {};
  }

  note(): void {
    if (this.#timer !== null) {
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const { heapTotal } = process.memoryUsage();
      if (heapTotal > this.#bytes * 1.2) this.#collect();
      this.#bytes = process.memoryUsage().heapTotal;
    }, SETTLED_MS);
    this.#timer.unref();
  }
}
