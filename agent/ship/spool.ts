import { closeSync, fdatasync, fsyncSync, ftruncateSync, mkdirSync, truncateSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BATCH_MAX_EVENTS } from "../../lib/wire/wire.ts";
import type { SecurityEvent } from "../../lib/event/event.ts";
import { openOwnFile, writeFully } from "../own-file.ts";
import type { Delivery, SourceState } from "../source/source.ts";
import { mergeEvents } from "./merge-events.ts";
import { encodeRecord } from "./record.ts";
import {
  inspectSegment,
  listSegments,
  readRecord,
  readRecordHeader,
  replaceSegment,
  type Segment,
  segmentPath,
} from "./segment.ts";
import { type SpoolBase, SpoolBaseFile } from "./spool-base.ts";

const SPOOL_LIMIT_BYTES = 512 * 1024 * 1024;
const BATCH_MAX_SPOOL_BYTES = 4 * 1024 * 1024;
const MERGE_SPANS_MS = [60_000, 3_600_000];

export type SpoolOptions = {
  /** The most that the spool takes on disk. */
  limitBytes: number;
  segmentBytes: number;
  /** What the app has is kept this long, in case that it is put back from a backup and asks again. */
  historyBytes: number;
  /** Something that a person should know, as a sentence. */
  warn: (sentence: string) => void;
};

export type SpooledBatch = { firstSequence: number; events: SecurityEvent[] };

/** A place between two events. */
type Cursor = { ordinal: number; offset: number; skip: number };

/**
 * What was read and is not yet known to be stored by the app, on disk, in order.
 *
 * Events have no numbers of their own here: the first event of the first segment has `firstSequence`, and every one
 * after it the next. So merging events that were never sent leaves no gap in the numbers, which the app demands.
 * A batch that may have been sent is never touched: it is always within the first `BATCH_MAX_EVENTS` after the last
 * acknowledged one.
 */
export class Spool {
  readonly #directory: string;
  readonly #options: SpoolOptions;
  readonly #baseFile: SpoolBaseFile;
  readonly #base: SpoolBase;
  readonly #segments: Segment[] = [];
  #sources: Record<string, SourceState> = {};
  #fd = -1;
  #dirty = false;
  #events = 0;
  #cursor: Cursor = { ordinal: 0, offset: 0, skip: 0 };
  #pending: { last: number; after: Cursor } | null = null;
  #onAppend: (() => void) | null = null;

  constructor(directory: string, options: Partial<SpoolOptions> = {}) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directory = directory;
    this.#options = {
      limitBytes: SPOOL_LIMIT_BYTES,
      segmentBytes: 4 * 1024 * 1024,
      historyBytes: 16 * 1024 * 1024,
      warn: () => {},
      ...options,
    };
    this.#baseFile = new SpoolBaseFile(join(directory, "base"));
    this.#base = this.#baseFile.read() ?? {
      segment: 1,
      firstSequence: 1,
      acknowledged: 0,
      lostEvents: 0,
    };
    this.#load();
  }

  sourceState(name: string): SourceState | undefined {
    return this.#sources[name];
  }

  figures(): { events: number; bytes: number; lostEvents: number } {
    return {
      events: this.#endSequence() - 1 - this.#base.acknowledged,
      bytes: this.#bytes(),
      lostEvents: this.#base.lostEvents,
    };
  }

  get acknowledged(): number {
    return this.#base.acknowledged;
  }

  get isEmpty(): boolean {
    return this.#base.acknowledged >= this.#endSequence() - 1;
  }

  /** Puts events and their source's new state on disk, in one piece. Throws what the disk says, with nothing changed. */
  append(delivery: Delivery): void {
    const sources = { ...this.#sources, [delivery.source]: delivery.state };
    this.#makeRoom();
    const bytes = encodeRecord({ events: delivery.events, sources });
    const active = this.#segments.at(-1)!;
    try {
      writeFully(this.#fd, bytes, active.bytes);
    } catch (error) {
      ftruncateSync(this.#fd, active.bytes);
      throw error;
    }
    active.bytes += bytes.length;
    active.events += delivery.events.length;
    this.#events += delivery.events.length;
    this.#sources = sources;
    this.#dirty = true;
    if (delivery.events.length > 0) this.#onAppend?.();
  }

  /** The oldest events that the app hasn't got; null when it has all. The same again until they are acknowledged. */
  next(maxEvents = BATCH_MAX_EVENTS): SpooledBatch | null {
    const events: SecurityEvent[] = [];
    let { ordinal, offset, skip } = this.#cursor;
    let bytes = 0;
    let segment = this.#segmentOf(ordinal);
    let fd = segment === undefined ? -1 : openOwnFile(segment.path, "read");
    try {
      while (segment !== undefined && events.length < maxEvents && bytes < BATCH_MAX_SPOOL_BYTES) {
        const found = readRecord(fd, segment, offset);
        if (found === null) {
          const following = this.#segmentOf(ordinal + 1);
          if (following === undefined) break;
          closeSync(fd);
          segment = following;
          fd = openOwnFile(segment.path, "read");
          ordinal += 1;
          offset = 0;
          skip = 0;
          continue;
        }
        const taken = found.record.events.slice(skip, skip + maxEvents - events.length);
        events.push(...taken);
        bytes += found.length;
        skip += taken.length;
        if (skip < found.record.events.length) break;
        offset += found.length;
        skip = 0;
      }
    } finally {
      if (fd !== -1) closeSync(fd);
    }
    if (events.length === 0) {
      this.#cursor = { ordinal, offset, skip };
      return null;
    }
    const firstSequence = this.#base.acknowledged + 1;
    this.#pending = { last: firstSequence + events.length - 1, after: { ordinal, offset, skip } };
    return { firstSequence, events };
  }

  /** Waits until the disk has what was appended. */
  async sync(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    await fdatasyncOf(this.#fd);
  }

  /** The app has stored everything up to and with `highWater`. */
  acknowledge(highWater: number): void {
    const end = this.#endSequence() - 1;
    if (highWater > end) {
      // Our state is older than the app's: it was put back from a copy. What is ours up to there, the app has.
      this.#options.warn(
        `The app already has events up to number ${highWater} of this host, but the state directory ends at ${end}: it seems to be an old copy. Numbering goes on after the app's.`,
      );
      this.#base.firstSequence += highWater - end;
      this.#base.acknowledged = highWater;
      this.#cursor = this.#locate(highWater);
    } else {
      this.#base.acknowledged = highWater;
      this.#cursor = this.#pending?.last === highWater ? this.#pending.after : this.#locate(highWater);
    }
    this.#pending = null;
    this.#forgetHistory(this.#options.historyBytes);
    this.#baseFile.write(this.#base, { durable: false });
  }

  /**
   * The app has less than it once said: it was put back from a backup. What is still here is sent again. What isn't
   * is gone: the numbers that follow are given to what we have, because the wire knows no way to leave numbers out.
   */
  rewind(highWater: number): void {
    const missing = this.#base.firstSequence - (highWater + 1);
    if (missing > 0) {
      this.#base.firstSequence -= missing;
      this.#base.lostEvents += missing;
      this.#options.warn(
        `The app has lost events of this host (it ends at number ${highWater}), and ${missing} of them are no longer kept here: they are missing from the app for good.`,
      );
    } else {
      this.#options.warn(`The app ends at number ${highWater} of this host: what it lost is sent again.`);
    }
    this.#pending = null;
    this.#base.acknowledged = highWater;
    this.#cursor = this.#locate(highWater);
    this.#baseFile.write(this.#base, { durable: true });
  }

  /**
   * Gives up the oldest event that the app hasn't got. The next one takes its number, because the wire knows no way to
   * leave numbers out; the numbers of what the app has already move with it, which only a rewind would notice.
   */
  drop(): void {
    const { acknowledged } = this.#base;
    if (this.isEmpty) return;
    this.#base.firstSequence -= 1;
    this.#base.lostEvents += 1;
    this.#cursor =
      this.#pending?.last === acknowledged + 1 ? this.#pending.after : this.#locate(acknowledged);
    this.#pending = null;
    this.#baseFile.write(this.#base, { durable: true });
  }

  /** Returns when there may be something to send. */
  async waitForEvents(stop: AbortSignal): Promise<void> {
    if (!this.isEmpty || stop.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        stop.removeEventListener("abort", done);
        this.#onAppend = null;
        resolve();
      };
      stop.addEventListener("abort", done, { once: true });
      this.#onAppend = done;
    });
  }

  close(): void {
    this.#baseFile.write(this.#base, { durable: true });
    this.#baseFile.close();
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }

  #load(): void {
    for (const ordinal of listSegments(this.#directory)) {
      if (ordinal < this.#base.segment) {
        unlinkSync(segmentPath(this.#directory, ordinal));
        continue;
      }
      const { segment, size, last } = inspectSegment(this.#directory, ordinal);
      if (size > segment.bytes) truncateSync(segment.path, segment.bytes);
      this.#segments.push(segment);
      this.#events += segment.events;
      if (last !== null) this.#sources = last.sources;
    }
    if (this.#segments.length === 0) this.#startSegment(this.#base.segment);
    else this.#fd = openOwnFile(this.#segments.at(-1)!.path, "change");
    this.#base.segment = this.#segments[0]!.ordinal;
    const end = this.#endSequence() - 1;
    if (this.#base.acknowledged > end) this.#base.firstSequence += this.#base.acknowledged - end;
    this.#cursor = this.#locate(this.#base.acknowledged);
  }

  #startSegment(ordinal: number): void {
    const path = segmentPath(this.#directory, ordinal);
    const fd = openOwnFile(path, "start anew");
    // A segment knows the state of every source from its start, for when all before it are gone.
    const bytes = encodeRecord({ events: [], sources: this.#sources });
    try {
      writeFully(fd, bytes, 0);
    } catch (error) {
      closeSync(fd);
      unlinkSync(path);
      throw error;
    }
    if (this.#fd !== -1) {
      fsyncSync(this.#fd);
      closeSync(this.#fd);
    }
    this.#fd = fd;
    this.#segments.push({ ordinal, path, bytes: bytes.length, events: 0, merged: 0 });
  }

  #makeRoom(): void {
    const active = this.#segments.at(-1)!;
    if (active.bytes >= this.#options.segmentBytes) this.#startSegment(active.ordinal + 1);
    if (this.#bytes() <= this.#options.limitBytes) return;
    this.#forgetHistory(0);
    while (this.#bytes() > this.#options.limitBytes && this.#mergeOldest());
  }

  /** Gives up detail of the oldest segment that can't have been sent; false when there is none left to shrink. */
  #mergeOldest(): boolean {
    const frozenThrough = this.#base.acknowledged + BATCH_MAX_EVENTS;
    let first = this.#base.firstSequence;
    const candidates: Segment[] = [];
    for (const segment of this.#segments.slice(0, -1)) {
      if (first > frozenThrough && segment.events > 0) candidates.push(segment);
      first += segment.events;
    }
    const least = Math.min(...candidates.map((segment) => segment.merged));
    const chosen = candidates.find((segment) => segment.merged === least);
    if (chosen === undefined) return false;
    const spanMs = MERGE_SPANS_MS[chosen.merged];
    const { events, last } = this.#readAll(chosen);
    const kept = spanMs === undefined ? [] : mergeEvents(events, spanMs);
    const replaced = replaceSegment(chosen, [{ events: kept, sources: last }]);
    if (this.#base.lostEvents === 0) {
      this.#options.warn("The spool is full: the oldest events keep their counts and lose their detail.");
    }
    this.#base.lostEvents += events.length - kept.length;
    this.#events -= events.length - kept.length;
    chosen.bytes = replaced.bytes;
    chosen.events = replaced.events;
    chosen.merged += 1;
    this.#baseFile.write(this.#base, { durable: false });
    return true;
  }

  #readAll(segment: Segment): { events: SecurityEvent[]; last: Record<string, SourceState> } {
    const fd = openOwnFile(segment.path, "read");
    try {
      const events: SecurityEvent[] = [];
      let last: Record<string, SourceState> = {};
      let offset = 0;
      for (;;) {
        const found = readRecord(fd, segment, offset);
        if (found === null) return { events, last };
        events.push(...found.record.events);
        last = found.record.sources;
        offset += found.length;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Deletes segments whose events the app has, but for the newest `keepBytes` of them. */
  #forgetHistory(keepBytes: number): void {
    const acknowledged: Segment[] = [];
    let first = this.#base.firstSequence;
    for (const segment of this.#segments.slice(0, -1)) {
      if (first + segment.events - 1 > this.#base.acknowledged || segment.ordinal >= this.#cursor.ordinal)
        break;
      acknowledged.push(segment);
      first += segment.events;
    }
    let bytes = acknowledged.reduce((sum, segment) => sum + segment.bytes, 0);
    for (const segment of acknowledged) {
      if (bytes <= keepBytes) return;
      bytes -= segment.bytes;
      this.#base.segment = segment.ordinal + 1;
      this.#base.firstSequence += segment.events;
      this.#events -= segment.events;
      this.#baseFile.write(this.#base, { durable: true });
      this.#segments.shift();
      unlinkSync(segment.path);
    }
  }

  /** The place after event number `sequence`. */
  #locate(sequence: number): Cursor {
    let toSkip = sequence - this.#base.firstSequence + 1;
    for (const segment of this.#segments) {
      if (toSkip >= segment.events && segment !== this.#segments.at(-1)) {
        toSkip -= segment.events;
        continue;
      }
      const fd = openOwnFile(segment.path, "read");
      try {
        let offset = 0;
        for (;;) {
          const header = readRecordHeader(fd, segment, offset);
          if (header === null || toSkip < header.events) {
            return { ordinal: segment.ordinal, offset, skip: header === null ? 0 : toSkip };
          }
          toSkip -= header.events;
          offset += header.length;
        }
      } finally {
        closeSync(fd);
      }
    }
    return { ordinal: this.#segments[0]!.ordinal, offset: 0, skip: 0 };
  }

  #segmentOf(ordinal: number): Segment | undefined {
    return this.#segments[ordinal - this.#segments[0]!.ordinal];
  }

  #endSequence(): number {
    return this.#base.firstSequence + this.#events;
  }

  #bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }
}

const fdatasyncOf = promisify(fdatasync);
