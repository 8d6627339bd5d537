import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as z from "zod";
import { Problem } from "../../lib/error/problem.ts";
import { openOwnFile, replaceOwnFile } from "../own-file.ts";

/** Where the agent keeps its key, its spool and its rules, unless it is told otherwise. */
export function defaultStateDirectory(): string {
  const isRoot = process.getuid?.() === 0;
  return isRoot ? "/var/lib/banwatch-agent" : join(homedir(), ".local/state/banwatch-agent");
}

const LOCK_PATIENCE_MS = 2_000;

/** The agent's directory, held by one agent at a time. Throws Problem when it can't be used. */
export class StateDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      this.#lock();
    } catch (error) {
      if (error instanceof Problem) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new Problem(
        `The state directory ${path} can't be used (${why}): name another one with --state, or run the agent as root.`,
        { cause: error },
      );
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** What a file holds; null when it isn't there. Throws Problem when it isn't what we wrote. */
  readJson<T>(name: string, schema: z.ZodType<T>): T | null {
    let text: string;
    try {
      text = this.#readText(name);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      if (error instanceof Error && "code" in error && error.code === "ELOOP") {
        throw new Problem(`${this.file(name)} is a link: remove it and start the agent again.`, {
          cause: error,
        });
      }
      throw error;
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new Problem(`${this.file(name)} is damaged: remove it and start the agent again.`, {
        cause: error,
      });
    }
  }

  /**
   * Replaces a file as a whole, readable by its owner alone; after a crash, or on a full disk, it is either the old
   * one or the new one. Throws what the disk says.
   * What isn't `durable` may be the old one after the power failed.
   */
  writeJson(name: string, value: unknown, options: { durable: boolean } = { durable: true }): void {
    replaceOwnFile(this.file(name), Buffer.from(JSON.stringify(value)), options);
  }

  #readText(name: string): string {
    const fd = openOwnFile(this.file(name), "read");
    try {
      return readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  }

  release(): void {
    rmSync(this.file("lock"), { force: true });
  }

  /** The lock names its process by number and by when it started, so that one that was killed holds nothing. */
  #lock(): void {
    const own = `${process.pid} ${startOf(process.pid)}`;
    const deadline = performance.now() + LOCK_PATIENCE_MS;
    for (;;) {
      try {
        writeFileSync(this.file("lock"), own, { flag: "wx", mode: 0o600 });
        return;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const [pid = "", start = ""] = this.#readLock().split(" ");
      if (start !== "" && startOf(Number(pid)) === start && Number(pid) !== process.pid) {
        // One that was just told to end may still be at it.
        if (performance.now() < deadline) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
          continue;
        }
        throw new Problem(
          `Another agent (process ${pid}) already works with ${this.path}: stop it first, or name another directory with --state.`,
        );
      }
      rmSync(this.file("lock"), { force: true });
    }
  }

  #readLock(): string {
    try {
      return readFileSync(this.file("lock"), "utf8");
    } catch {
      return "";
    }
  }
}

/** When a process started, in the kernel's ticks; empty when there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
