import { parsePrefix } from "../../lib/event/address.ts";
import { cleanText } from "../../lib/event/clean-text.ts";
import type { EventKind, SecurityEvent } from "../../lib/event/event.ts";
import { createHostClock } from "./host-clock.ts";
import { looksBinary } from "./looks-binary.ts";
import { IGNORED, type LineParser, type ParseContext, type ParseResult } from "./parser.ts";

/** How long before its line a failure may have been: fail2ban looks back over old logs when a jail starts. */
const FOUND_LOOKBACK_MS = 7 * 24 * 60 * 60 * 1000;
const FOUND_LEAD_MS = 60_000;
/** fail2ban is of 2004. A host without a clock of its own starts in 1970, and says so until it is told the time. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);
const MEMORY_LIMIT = 20_000;

/**
 * fail2ban.log as fail2ban 0.8 to 1.1 write it to a file (`logtarget`), whatever its verbosity.
 *
 *     2026-11-20 10:00:00,123 fail2ban.actions        [812]: NOTICE  [sshd] Ban 192.0.2.7
 *
 * Source: `getVerbosityFormat` in fail2ban/helpers.py, and the messages of actions.py, filter.py, jail.py.
 *
 * What is hostile in it is the fail-id (an address, but with some filters a name that the attacker chose) and the
 * output of programs on continuation lines. So a message is read from its start, the program's part of the log name
 * must be the one that writes such a message, and an address counts only where it is all that follows.
 */
export function createFail2banParser(context: ParseContext): LineParser {
  const clock = createHostClock(context.timeZone);
  const subjects = new Map<string, Subject>();
  let sawRecord = false;

  function subjectOf(text: string): Subject {
    const known = subjects.get(text);
    if (known !== undefined) return known;
    const prefix = parsePrefix(text);
    const subject = prefix !== null ? { sourceIp: prefix.text } : { userName: cleanText(text, 256) };
    if (subjects.size >= MEMORY_LIMIT) subjects.clear();
    subjects.set(text, subject);
    return subject;
  }

  function readEvent(record: Record, timeMs: number): ParseResult {
    const { message, logger } = record;
    if (message.charCodeAt(0) !== BRACKET) return readWithoutJail(record, timeMs);
    const jailEnd = message.indexOf("] ");
    if (jailEnd < 2) return IGNORED;
    const jail = cleanText(message.slice(1, jailEnd), 128);
    const text = message.slice(jailEnd + 2);
    if (logger === "actions") {
      if (text.startsWith("Ban ")) return about("ban", timeMs, jail, text.slice(4));
      if (text.startsWith("Unban ")) return about("unban", timeMs, jail, text.slice(6));
      if (text.startsWith("Restore Ban ")) return about("restore", timeMs, jail, text.slice(12));
      if (text.startsWith("Reban ")) {
        return about("restore", timeMs, jail, text.slice(6).replace(/, action '[^']*'$/, ""));
      }
      if (text.startsWith("Flush ticket(s) with ")) {
        const reason = cleanText(text.slice(21), 256);
        return event({ timeMs, kind: "flush", source: "fail2ban", count: 1, jail, reason });
      }
      return IGNORED;
    }
    if (logger === "filter" && text.startsWith("Found ")) return found(text.slice(6), timeMs, jail);
    return IGNORED;
  }

  /** What names its jail in the sentence, and failures as fail2ban 0.8 writes them, which name none. */
  function readWithoutJail({ message, logger }: Record, timeMs: number): ParseResult {
    if (logger === "jail") {
      const match = /^Jail '(.{1,200})' (started|stopped|reloaded)$/.exec(message);
      if (match === null) return IGNORED;
      const jail = cleanText(match[1]!, 128);
      return event({ timeMs, kind: "lifecycle", source: "fail2ban", count: 1, jail, reason: match[2]! });
    }
    if (logger === "filter" && message.startsWith("Found ") && parsePrefix(message.slice(6)) !== null) {
      return found(message.slice(6), timeMs, undefined);
    }
    return IGNORED;
  }

  function found(text: string, timeMs: number, jail: string | undefined): ParseResult {
    // "[sshd] Found 192.0.2.7 - 2026-11-20 10:00:00": when the failure was, by the log that fail2ban watches.
    const dash = text.length - 22;
    if (dash <= 0 || !text.startsWith(" - ", dash)) return about("attempt", timeMs, jail, text);
    const wallMs = readStamp(text, dash + 3);
    if (Number.isNaN(wallMs)) return about("attempt", timeMs, jail, text);
    const subject = text.slice(0, dash);
    const happenedMs = clock.toUtc(wallMs);
    const earliestMs = Math.max(EARLIEST_MS, timeMs - FOUND_LOOKBACK_MS);
    const plausible = happenedMs <= timeMs + FOUND_LEAD_MS && happenedMs >= earliestMs;
    return about("attempt", plausible ? happenedMs : timeMs, jail, subject);
  }

  function about(kind: EventKind, timeMs: number, jail: string | undefined, subject: string): ParseResult {
    const named = subjectOf(subject);
    if (jail === undefined) return event({ timeMs, kind, source: "fail2ban", count: 1, ...named });
    return event({ timeMs, kind, source: "fail2ban", count: 1, jail, ...named });
  }

  return {
    parse(line) {
      const record = readRecord(line) ?? readVerboseRecord(line);
      if (record === null) {
        if (looksBinary(line)) return { kind: "unreadable", reason: "not text" };
        // The output of a failed action, or a traceback: it belongs to the record above it.
        if (sawRecord || line.trim() === "") return IGNORED;
        return { kind: "unreadable", reason: "not a line of fail2ban.log" };
      }
      const timeMs = clock.toUtc(record.wallMs);
      if (timeMs < EARLIEST_MS || timeMs > LATEST_MS) {
        return { kind: "unreadable", reason: "its time is not one at which fail2ban can have written it" };
      }
      sawRecord = true;
      return readEvent(record, timeMs);
    },
  };
}

type Subject = { sourceIp: string } | { userName: string };
/** `logger` is what follows `fail2ban.` in the name; filters name themselves (`filter`, `filterpyinotify` …): `filter`. */
type Record = { wallMs: number; logger: string; message: string };

const BRACKET = 0x5b;
const BLANK = 0x20;

function event(value: SecurityEvent): ParseResult {
  return { kind: "event", event: value };
}

/** `2026-11-20 10:00:00,123 fail2ban.actions        [812]: NOTICE  MESSAGE`; 0.8 writes no number of the process. */
function readRecord(line: string): Record | null {
  const wallSeconds = readStamp(line, 0);
  if (Number.isNaN(wallSeconds) || line.charCodeAt(19) !== 0x2c || !line.startsWith(" fail2ban.", 23)) {
    return null;
  }
  const milliseconds = digits(line, 20, 3);
  if (milliseconds < 0) return null;
  const colon = line.indexOf(": ", 33);
  if (colon === -1 || colon > 100) return null;
  let nameEnd = 33;
  while (nameEnd < colon && isNameCharacter(line.charCodeAt(nameEnd))) nameEnd += 1;
  if (!isProcess(line, nameEnd, colon)) return null;
  let levelEnd = colon + 2;
  while (line.charCodeAt(levelEnd) >= 0x41 && line.charCodeAt(levelEnd) <= 0x5a) levelEnd += 1;
  if (levelEnd === colon + 2 || line.charCodeAt(levelEnd) !== BLANK) return null;
  let start = levelEnd;
  while (line.charCodeAt(start) === BLANK) start += 1;
  return {
    wallMs: wallSeconds + milliseconds,
    logger: loggerOf(line.slice(33, nameEnd)),
    message: withoutTrailingBlanks(line, start),
  };
}

/** The forms of `verbose` 2 and more: ` STAMP THREAD LEVEL MESSAGE`, with the name and the function where asked for. */
const VERBOSE =
  /^ ?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) (?:\+ *\d+ )?[0-9A-F]{4,16} (?:fail2ban\.([a-z]{1,24}) +)?(?:DEBUG|INFO |NOTIC|WARNI|ERROR|CRITI) (?:\| *([a-z]{1,15})-\d+ *: \w+ *\| )?(.*)$/s;

function readVerboseRecord(line: string): Record | null {
  const match = line.length > 24 ? VERBOSE.exec(line) : null;
  if (match === null) return null;
  const wallSeconds = readStamp(match[1]!, 0);
  if (Number.isNaN(wallSeconds)) return null;
  const message = match[5]!.trim();
  const logger = loggerOf(match[3] ?? match[4] ?? guessLogger(message));
  return { wallMs: wallSeconds + Number(match[2]), logger, message };
}

/** Verbosity 2 leaves the name out; the message's own words are all there is. */
function guessLogger(message: string): string {
  if (message.startsWith("Jail '")) return "jail";
  return /^\[[^\]]+\] Found .* - \d{4}-/.test(message) ? "filter" : "actions";
}

function loggerOf(name: string): string {
  return name.startsWith("filter") ? "filter" : name;
}

function isNameCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || code === 0x2e || code === 0x5f;
}

/** Blanks, then nothing or `[812]`. */
function isProcess(line: string, from: number, to: number): boolean {
  let at = from;
  while (at < to && line.charCodeAt(at) === BLANK) at += 1;
  if (at === to) return true;
  if (line.charCodeAt(at) !== BRACKET || line.charCodeAt(to - 1) !== 0x5d) return false;
  return to - at > 2 && digits(line, at + 1, to - at - 2) >= 0;
}

/** `2026-11-20 10:00:00` as milliseconds as if it were UTC; NaN when it isn't a date. */
function readStamp(text: string, at: number): number {
  if (
    text.charCodeAt(at + 4) !== 0x2d ||
    text.charCodeAt(at + 7) !== 0x2d ||
    text.charCodeAt(at + 10) !== BLANK ||
    text.charCodeAt(at + 13) !== 0x3a ||
    text.charCodeAt(at + 16) !== 0x3a
  ) {
    return Number.NaN;
  }
  const year = digits(text, at, 4);
  const month = digits(text, at + 5, 2);
  const day = digits(text, at + 8, 2);
  const hour = digits(text, at + 11, 2);
  const minute = digits(text, at + 14, 2);
  const second = digits(text, at + 17, 2);
  const inRange =
    year >= 1970 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60;
  return inRange ? Date.UTC(year, month - 1, day, hour, minute, second) : Number.NaN;
}

/** The number that `length` decimal digits make; -1 when one of them isn't a digit. */
function digits(text: string, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function withoutTrailingBlanks(line: string, start: number): string {
  let end = line.length;
  while (end > start && (line.charCodeAt(end - 1) === BLANK || line.charCodeAt(end - 1) === 0x0d)) end -= 1;
  return line.slice(start, end);
}
