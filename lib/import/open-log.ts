import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { HEAD_BYTES } from "./fingerprint.ts";

/** A log's bytes, unzipped if they were zipped, and its beginning. */
export type OpenLog = { head: Uint8Array; bytes: AsyncIterable<Uint8Array> };

const UNZIP_CHUNK_BYTES = 1024 * 1024;

/** Whether it is zipped is told by its first bytes, not by its name. Errors of the source come out of `bytes`. */
export async function openLog(source: AsyncIterable<Uint8Array>): Promise<OpenLog> {
  const raw = await withHead(source, 2);
  return withHead(isGzip(raw.head) ? unzip(raw.bytes) : raw.bytes, HEAD_BYTES);
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function unzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: UNZIP_CHUNK_BYTES });
  // Whoever reads `gunzip` gets the error.
  pipeline(Readable.from(source), gunzip, () => undefined);
  return gunzip;
}

/** Reads the beginning, and gives it back in front of the rest. */
async function withHead(source: AsyncIterable<Uint8Array>, length: number): Promise<OpenLog> {
  const iterator = source[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let read = 0;
  let ended = false;
  while (read < length && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else {
      pieces.push(next.value);
      read += next.value.byteLength;
    }
  }
  return {
    head: Buffer.concat(pieces).subarray(0, length),
    bytes: joined(pieces, iterator, ended),
  };
}

async function* joined(
  pieces: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  ended: boolean,
): AsyncGenerator<Uint8Array> {
  let finished = ended;
  try {
    yield* pieces;
    while (!finished) {
      const next = await iterator.next();
      if (next.done === true) finished = true;
      else yield next.value;
    }
  } finally {
    if (!finished) await iterator.return?.();
  }
}
