import type { SecurityEvent } from "../../lib/event/event.ts";

/**
 * What a line turned out to be. `ignored` is a line of the format that says nothing that we keep; `unreadable` is one
 * that the format does not explain: it is counted and shown, never guessed at.
 */
export type ParseResult =
  | { kind: "event"; event: SecurityEvent }
  | { kind: "ignored" }
  | { kind: "unreadable"; reason: string };

/**
 * Reads the lines of one log, in order. It may remember what came before (a continuation line, an hour that the clock
 * shows twice), so one parser belongs to one log.
 */
export type LineParser = {
  /** `line` is without its line break. Any text is allowed, at any length. */
  parse(line: string): ParseResult;
};

export type ParseContext = {
  /** IANA name of the zone in which the log's stamps are written, for example `Europe/Berlin`. */
  timeZone: string;
};

export const IGNORED: ParseResult = { kind: "ignored" };
