import { closeSync, ftruncateSync, readFileSync } from "node:fs";
import * as z from "zod";
import { type Report, reportsSchema } from "../../lib/wire/wire.ts";
import { openOwnFile, replaceOwnFile, writeFully } from "../own-file.ts";
import { type Log, sayOnce } from "./agent-log.ts";
import { wordsOf } from "./words.ts";

const oneSchema = reportsSchema.shape.reports.element;
const sentSchema = z.strictObject({ sent: z.int().min(1) });
/** Lines that are no longer needed, before the file is written anew. */
const DEAD_LINES_MIN = 10_000;
const RETRY_MS = 5_000;

/**
 * The reports that wait, on disk. Lines are only ever added: a report, or `{"sent":n}`, which says that the app has the
 * first n that were left. Nothing here throws: what the disk doesn't take now is written once there is room.
 */
export class ReportJournal {
  readonly #path: string;
  readonly #say: (sentence: string | null) => void;
  #fd = -1;
  #bytes = 0;
  #deadLines = 0;
  /** When the disk refused, by the clock that is never set; null while all is written. */
  #refusedAtMs: number | null = null;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#say = sayOnce(log);
  }

  /** The reports that are not yet sent, and opens the file for what comes. */
  open(): Report[] {
    const reports: Report[] = [];
    try {
      this.#fd = openOwnFile(this.#path, "create");
      const text = readFileSync(this.#fd, "utf8");
      for (const line of text.split("\n")) takeLine(line, reports);
      this.#write(reports);
    } catch (error) {
      this.#refused(error);
    }
    return reports;
  }

  /** Keeps one more; `all` are those that wait, with it. */
  add(report: Report, all: () => Report[]): void {
    if (this.#refusedAtMs === null) this.#append(lineOf(report));
    else this.retry(all);
  }

  /** The app has the first `count`; `left` are those that still wait. */
  sent(count: number, left: Report[]): void {
    this.#deadLines += count + 1;
    const worthIt = this.#deadLines > Math.max(DEAD_LINES_MIN, left.length);
    if (left.length === 0) this.#attempt(() => this.#empty());
    else if (this.#refusedAtMs !== null) this.retry(() => left);
    else if (worthIt) this.rewrite(left);
    else this.#append(`${JSON.stringify({ sent: count })}\n`);
  }

  /** Writes the file anew. */
  rewrite(all: Report[]): void {
    this.#attempt(() => this.#write(all));
  }

  /** Writes what the disk had no room for, not too often. */
  retry(all: () => Report[]): void {
    if (this.#refusedAtMs === null || performance.now() - this.#refusedAtMs < RETRY_MS) return;
    this.rewrite(all());
  }

  #append(line: string): void {
    this.#attempt(() => {
      const bytes = Buffer.from(line);
      writeFully(this.#fd, bytes, this.#bytes);
      this.#bytes += bytes.length;
    });
  }

  #empty(): void {
    // It needs no room, so it always goes, and a full disk is made up for.
    ftruncateSync(this.#fd, 0);
    this.#bytes = 0;
    this.#deadLines = 0;
  }

  #write(all: Report[]): void {
    const bytes = Buffer.from(all.map(lineOf).join(""));
    replaceOwnFile(this.#path, bytes, { durable: false });
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
    this.#fd = openOwnFile(this.#path, "change");
    this.#bytes = bytes.length;
    this.#deadLines = 0;
  }

  #attempt(work: () => void): void {
    try {
      work();
      this.#refusedAtMs = null;
      this.#say(null);
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error: unknown): void {
    this.#refusedAtMs = performance.now();
    this.#say(
      `What became of orders can't be kept on disk until there is room, only sent: ${wordsOf(error)}`,
    );
  }
}

function takeLine(line: string, reports: Report[]): void {
  try {
    const value: unknown = JSON.parse(line);
    const sent = sentSchema.safeParse(value);
    if (sent.success) reports.splice(0, sent.data.sent);
    else reports.push(oneSchema.parse(value));
  } catch {
    // The end of a write that was cut off.
  }
}

function lineOf(report: Report): string {
  return `${JSON.stringify(report)}\n`;
}
