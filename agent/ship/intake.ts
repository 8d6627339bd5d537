import { type Log, sayOnce } from "../control/agent-log.ts";
import type { Delivery } from "../source/source.ts";
import type { Spool } from "./spool.ts";

const RETRY_MS = 1000;
/** Events that change who is banned. */
const BAN_KINDS = new Set(["ban", "unban", "restore", "flush", "lifecycle"]);

/** Puts deliveries into the spool. When the disk is full, reading waits here until there is room. */
export class Intake {
  readonly #spool: Spool;
  readonly #stop: AbortSignal;
  readonly #say: (sentence: string | null) => void;
  #paused: string | null = null;
  onEvents: () => void = () => {};
  onBans: () => void = () => {};
  onPause: () => void = () => {};

  constructor(about: { spool: Spool; log: Log; stop: AbortSignal }) {
    this.#spool = about.spool;
    this.#stop = about.stop;
    this.#say = sayOnce(about.log);
  }

  /** Why nothing is read for now; null when all is well. */
  get pausedBecause(): string | null {
    return this.#paused;
  }

  async take(delivery: Delivery): Promise<void> {
    for (;;) {
      try {
        this.#spool.append(delivery);
        this.#pause(null);
        break;
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        this.#pause(`reading waits: the disk of the spool says ${error.message}`);
        if (this.#stop.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.onEvents();
    if (delivery.events.some(({ kind }) => BAN_KINDS.has(kind))) this.onBans();
  }

  #pause(reason: string | null): void {
    if (reason === this.#paused) return;
    this.#paused = reason;
    this.#say(reason);
    this.onPause();
  }
}

function isDiskTrouble(error: unknown): error is Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || code === "EROFS" || code === "EIO";
}
