import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { FINGERPRINT_BYTES, readFirstBytes } from "./fingerprint.ts";

/** A file that logrotate has put aside. */
export type RotatedFile = { path: string; compressed: boolean; modifiedMs: number };

/**
 * The rotated files of a log, oldest first: `fail2ban.log.2.gz`, `fail2ban.log.1`, or with logrotate's `dateext`
 * `fail2ban.log-20261101.gz`, `fail2ban.log-20261108`.
 */
export async function rotatedFiles(livePath: string): Promise<RotatedFile[]> {
  const directory = dirname(livePath);
  const prefix = basename(livePath);
  let names: string[];
  try {
    names = await readdir(directory);
  } catch {
    return [];
  }
  const found: { file: RotatedFile; age: number }[] = [];
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const match = /^(?:\.(\d{1,6})|-(\d{8}(?:\d{2}|-\d{6}|-\d{10})?))(\.gz)?$/.exec(
      name.slice(prefix.length),
    );
    if (match === null) continue;
    const path = join(directory, name);
    const about = await stat(path).catch(() => null);
    if (about === null || !about.isFile()) continue;
    const age =
      match[1] !== undefined ? Number(match[1]) : -Number(match[2]!.replaceAll("-", "").padEnd(14, "0"));
    found.push({ file: { path, compressed: match[3] !== undefined, modifiedMs: about.mtimeMs }, age });
  }
  return found.toSorted((a, b) => b.age - a.age).map(({ file }) => file);
}

/** The bytes of a rotated file from `offset` (of what is in it, uncompressed). */
export function readRotated(file: RotatedFile, stop: AbortSignal): AsyncIterable<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  stop.addEventListener("abort", () => raw.destroy(), { once: true });
  if (!file.compressed) return raw;
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  raw.on("error", (error) => gunzip.destroy(error));
  raw.on("close", () => {
    if (!raw.readableEnded) gunzip.destroy();
  });
  return raw.pipe(gunzip);
}

/** The first bytes of what is in it, for its fingerprint; empty when it can't be read. */
export async function firstBytesOf(file: RotatedFile): Promise<Buffer> {
  try {
    if (!file.compressed) {
      const handle = await open(file.path, "r");
      try {
        return await readFirstBytes(handle);
      } finally {
        await handle.close();
      }
    }
    const parts: Buffer[] = [];
    let length = 0;
    const stop = new AbortController();
    for await (const chunk of readRotated(file, stop.signal)) {
      parts.push(chunk);
      length += chunk.length;
      if (length >= FINGERPRINT_BYTES) break;
    }
    stop.abort();
    return Buffer.concat(parts).subarray(0, FINGERPRINT_BYTES);
  } catch {
    return Buffer.alloc(0);
  }
}
