import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Position } from "./source.ts";

/** Enough of a log's first lines to tell it from any other: stamps make them unlike. */
export const FINGERPRINT_BYTES = 256;

export type Fingerprint = Position["fingerprint"];

export function fingerprintOf(firstBytes: Buffer): Fingerprint {
  const bytes = firstBytes.subarray(0, FINGERPRINT_BYTES);
  return { length: bytes.length, hash: createHash("sha256").update(bytes).digest("base64url") };
}

/** Whether a file that begins with `firstBytes` is the one that the fingerprint was taken of. */
export function fingerprintMatches(fingerprint: Fingerprint, firstBytes: Buffer): boolean {
  if (fingerprint.length === 0 || firstBytes.length < fingerprint.length) return false;
  return fingerprintOf(firstBytes.subarray(0, fingerprint.length)).hash === fingerprint.hash;
}

export async function readFirstBytes(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(FINGERPRINT_BYTES);
  const { bytesRead } = await file.read(buffer, 0, FINGERPRINT_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
