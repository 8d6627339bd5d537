import { watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Changes are told by the kernel; this is for file systems where it doesn't, and for what it forgot. */
const POLL_MS = 1000;

/** Wakes up when something happens to a file or to its place in the directory. */
export class ChangeWatch {
  readonly #path: string;
  #watcher: ReturnType<typeof watch> | null = null;
  #changed = false;
  #wake: (() => void) | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#open();
  }

  /** Returns at the next change, or one that came since the last call, or after a while, or when it is over. */
  async wait(stop: AbortSignal): Promise<void> {
    if (this.#watcher === null) this.#open();
    if (!this.#changed && !stop.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          stop.removeEventListener("abort", done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, POLL_MS);
        stop.addEventListener("abort", done, { once: true });
        this.#wake = done;
      });
    }
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #open(): void {
    const name = basename(this.#path);
    try {
      // The directory tells of the file's writes as well as of its coming and going.
      this.#watcher = watch(dirname(this.#path), (_kind, changed) => {
        if (changed !== null && changed !== name) return;
        this.#changed = true;
        this.#wake?.();
      });
      this.#watcher.on("error", () => this.close());
    } catch {
      this.#watcher = null;
    }
  }
}
