import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync } from "node:fs";

/** How many rotated files stay. */
const KEPT = 9;

export type Failure = { address: string; timeMs: number };

/** A fail2ban.log that the test writes and rotates itself, as fail2ban and logrotate do. */
export class GrowingLog {
  readonly path: string;
  readonly written: Failure[] = [];
  /** What is not in the file yet of a line that was begun. */
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  /** Writes lines of failures; `cut` (0 to 1) says how much of them, so that a reader may see half a line. */
  write(failures: readonly Failure[], cut = 1): void {
    const lines = failures.map(lineOf).join("");
    const bytes = Buffer.concat([this.#rest, Buffer.from(lines)]);
    const end = Math.ceil(bytes.length * cut);
    appendFileSync(this.path, bytes.subarray(0, end));
    this.#rest = bytes.subarray(end);
    this.written.push(...failures);
  }

  /** Writes what is left of a line that was begun. */
  finishLine(): void {
    appendFileSync(this.path, this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  /** As logrotate does with `create`. */
  rotateByRename(): void {
    this.finishLine();
    this.#shift();
    renameSync(this.path, `${this.path}.1`);
    appendFileSync(this.path, "");
  }

  /** As logrotate does with `copytruncate`. */
  rotateByCopy(): void {
    this.finishLine();
    this.#shift();
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
  }

  #shift(): void {
    for (let number = KEPT; number >= 1; number -= 1) {
      if (existsSync(`${this.path}.${number}`)) {
        renameSync(`${this.path}.${number}`, `${this.path}.${number + 1}`);
      }
    }
  }
}

/** `2026-11-20 10:00:00,123 fail2ban.filter         [812]: INFO    [sshd] Found 203.0.113.7 - 2026-11-20 10:00:00` */
export function lineOf({ address, timeMs }: Failure): string {
  const stamp = stampOf(timeMs);
  return `${stamp},000 fail2ban.filter         [812]: INFO    [sshd] Found ${address} - ${stamp}\n`;
}

/** A time as fail2ban writes it: by the host's own clock. */
export function stampOf(timeMs: number): string {
  const time = new Date(timeMs - new Date(timeMs).getTimezoneOffset() * 60_000);
  return time.toISOString().slice(0, 19).replace("T", " ");
}
