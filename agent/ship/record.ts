import { crc32 } from "node:zlib";
import * as z from "zod";
import type { SecurityEvent } from "../../lib/event/event.ts";
import { type SourceState, sourceStateSchema } from "../source/source.ts";

/**
 * A record of the spool: length, checksum and number of events as 32-bit numbers, then JSON. It holds events *and*
 * where each source stood after them, so that a record is there with both or not at all.
 */
export const RECORD_HEADER_BYTES = 12;
const RECORD_MAX_BYTES = 64 * 1024 * 1024;

export type SpoolRecord = { events: SecurityEvent[]; sources: Record<string, SourceState> };

// We wrote the events ourselves and the checksum holds: only the shape of what reading depends on is checked.
const recordSchema = z.object({
  events: z.array(z.custom<SecurityEvent>((value) => typeof value === "object" && value !== null)),
  sources: z.record(z.string(), sourceStateSchema),
});

export function encodeRecord(record: SpoolRecord): Buffer {
  const payload = Buffer.from(JSON.stringify(record));
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeUInt32LE(record.events.length, 8);
  payload.copy(bytes, RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** How long a record is in all and how many events it holds; null when these bytes begin no whole, sound record. */
export function measureRecord(bytes: Buffer): { length: number; events: number } | null {
  const header = readHeader(bytes);
  if (header === null || bytes.length < header.length) return null;
  return crc32(bytes.subarray(8, header.length)) === bytes.readUInt32LE(4) ? header : null;
}

/** The same, of the header alone: nothing is known of the payload. */
export function readHeader(bytes: Buffer): { length: number; events: number } | null {
  if (bytes.length < RECORD_HEADER_BYTES) return null;
  const payload = bytes.readUInt32LE(0);
  if (payload === 0 || payload > RECORD_MAX_BYTES) return null;
  return { length: RECORD_HEADER_BYTES + payload, events: bytes.readUInt32LE(8) };
}

export function decodeRecord(bytes: Buffer): SpoolRecord {
  return recordSchema.parse(JSON.parse(bytes.toString("utf8", RECORD_HEADER_BYTES)));
}
