import { createHash } from "node:crypto";
import type { Connections } from "../db/client.ts";

/** A file is known by its beginning, whatever it is called and however long it has grown. */
export const HEAD_BYTES = 4096;

const NEWLINE = 0x0a;

/**
 * The numbers under which a file with this beginning may be stored, longest beginning first. A file that was shorter
 * than the head when it was imported is known by the whole lines that it had then.
 */
function fingerprintsOf(head: Uint8Array): number[] {
  const beginnings = [head.subarray(0, HEAD_BYTES)];
  if (head.length < HEAD_BYTES) beginnings.length = 0;
  for (let at = Math.min(head.length, HEAD_BYTES) - 1; at >= 0; at -= 1) {
    if (head[at] === NEWLINE) beginnings.push(head.subarray(0, at + 1));
  }
  if (beginnings.length === 0) beginnings.push(head);
  return beginnings.map(fingerprint);
}

/** 52 bits, so that JavaScript holds it exactly; never 0, which is an agent's stream. */
function fingerprint(bytes: Uint8Array): number {
  const id = Number(createHash("sha256").update(bytes).digest().readBigUInt64BE(0) >> 12n);
  return id === 0 ? 1 : id;
}

/** The file's stream, and how many of its events are stored already. */
export async function findStream(
  { pool }: Connections,
  hostId: string,
  head: Uint8Array,
): Promise<{ stream: number; highWater: number }> {
  const candidates = fingerprintsOf(head);
  const { rows } = await pool.query<{ stream: string; highWater: string }>(
    `select stream, high_water as "highWater" from ingest_stream where host_id = $1 and stream = any($2::bigint[])`,
    [hostId, candidates],
  );
  const known = new Map(rows.map((row) => [Number(row.stream), Number(row.highWater)] as const));
  const stream = candidates.find((each) => known.has(each)) ?? candidates[0]!;
  return { stream, highWater: known.get(stream) ?? 0 };
}
