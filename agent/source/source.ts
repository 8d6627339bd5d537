import type { SecurityEvent } from "../../lib/event/event.ts";
import * as z from "zod";

/** Where reading stands in a log: which file, how far, and what it begins with, so that it is found again. */
const positionSchema = z.object({
  device: z.number(),
  inode: z.number(),
  /** Bytes that were read and delivered; always at the end of a line. */
  offset: z.number(),
  /** SHA-256 of the first `length` bytes, base64url; `length` 0 says nothing about the file. */
  fingerprint: z.object({ length: z.number(), hash: z.string() }),
  /** When the file was last written to, as known then. */
  modifiedMs: z.number(),
});
export type Position = z.infer<typeof positionSchema>;

const tallySchema = z.object({
  lines: z.number(),
  events: z.number(),
  ignored: z.number(),
  unreadable: z.number(),
  lastEventAtMs: z.number().nullable(),
});
/** What was read from a source since it is followed. */
export type Tally = z.infer<typeof tallySchema>;

/** All that a source has to remember; stored together with the events that were read before it. */
export const sourceStateSchema = z.object({ position: positionSchema.nullable(), tally: tallySchema });
export type SourceState = z.infer<typeof sourceStateSchema>;

export type SourceHealth = { state: "following" } | { state: "missing" | "unreadable"; reason: string };

/** Events in the order in which they were read, and the source's state after the last of them. */
export type Delivery = { source: string; events: SecurityEvent[]; state: SourceState };

/** Takes a delivery for good before it answers; the source reads no further until then. */
export type Deliver = (delivery: Delivery) => Promise<void>;

/** A log that is followed. */
export type Source = {
  /** What a person knows it by: for a file, its path. */
  readonly name: string;
  /** Reads what is there, then follows until `stop` is aborted; with `once`, ends when all is read. */
  run(stop: AbortSignal, options: { once: boolean }): Promise<void>;
  health(): SourceHealth;
  tally(): Tally;
};

export const NEW_SOURCE: SourceState = {
  position: null,
  tally: { lines: 0, events: 0, ignored: 0, unreadable: 0, lastEventAtMs: null },
};
