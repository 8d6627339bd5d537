import { closeSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { openOwnFile, replaceOwnFile } from "../own-file.ts";
import {
  decodeRecord,
  encodeRecord,
  measureRecord,
  readHeader,
  RECORD_HEADER_BYTES,
  type SpoolRecord,
} from "./record.ts";

/** A file of the spool. What is in it only grows, but for a merge, which replaces it as a whole. */
export type Segment = {
  ordinal: number;
  path: string;
  bytes: number;
  events: number;
  /** How often its events have been merged: 0 all detail, 1 by the minute, 2 by the hour. */
  merged: number;
};

export function segmentPath(directory: string, ordinal: number): string {
  return join(directory, `${String(ordinal).padStart(12, "0")}.segment`);
}

export function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .map((name) => /^(\d{12})\.segment$/.exec(name)?.[1])
    .filter((ordinal) => ordinal !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Reads a segment through and measures it; `bytes` ends after the last sound record. */
export function inspectSegment(
  directory: string,
  ordinal: number,
): { segment: Segment; size: number; last: SpoolRecord | null } {
  const path = segmentPath(directory, ordinal);
  const content = contentOf(path);
  const segment: Segment = { ordinal, path, bytes: 0, events: 0, merged: 0 };
  let last: Buffer | null = null;
  for (;;) {
    const rest = content.subarray(segment.bytes);
    const record = measureRecord(rest);
    if (record === null) break;
    last = rest.subarray(0, record.length);
    segment.bytes += record.length;
    segment.events += record.events;
  }
  return { segment, size: content.length, last: last === null ? null : decodeRecord(last) };
}

/** The record at `offset`, or null at the end of the segment. */
export function readRecord(
  fd: number,
  segment: Segment,
  offset: number,
): { record: SpoolRecord; length: number } | null {
  const header = readRecordHeader(fd, segment, offset);
  if (header === null) return null;
  const bytes = Buffer.allocUnsafe(header.length);
  readSync(fd, bytes, 0, header.length, offset);
  return { record: decodeRecord(bytes), length: header.length };
}

export function readRecordHeader(
  fd: number,
  segment: Segment,
  offset: number,
): { length: number; events: number } | null {
  if (offset + RECORD_HEADER_BYTES > segment.bytes) return null;
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  readSync(fd, bytes, 0, RECORD_HEADER_BYTES, offset);
  return readHeader(bytes);
}

/** Puts other records in place of all that a segment holds, at once or not at all. Throws what the disk says. */
export function replaceSegment(segment: Segment, records: SpoolRecord[]): { bytes: number; events: number } {
  const bytes = Buffer.concat(records.map(encodeRecord));
  replaceOwnFile(segment.path, bytes, { durable: true });
  return { bytes: bytes.length, events: records.reduce((sum, { events }) => sum + events.length, 0) };
}

function contentOf(path: string): Buffer {
  const fd = openOwnFile(path, "read");
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
