import { createLineParser } from "../../agent/parse/parse-line.ts";
import type { Connections } from "../db/client.ts";
import { AppError } from "../error/app-error.ts";
import type { SecurityEvent } from "../event/event.ts";
import type { Geo } from "../geo/geo.ts";
import { type Accepted, prepareBatch, storeBatch } from "../ingest/accept-batch.ts";
import { findStream } from "./fingerprint.ts";
import { openLog } from "./open-log.ts";
import { splitLines } from "./split-lines.ts";

/** What became of a log's lines. */
export type ImportCounts = {
  /** Unzipped. */
  bytes: number;
  lines: number;
  events: number;
  /** Lines of the format that say nothing that is kept. */
  ignored: number;
  unreadable: number;
  /** Events that are new. */
  stored: number;
  /** Events that an earlier import of the same file had stored. */
  known: number;
};

export type ImportOptions = {
  hostId: string;
  /** IANA name of the zone in which the log's stamps are written. */
  timeZone: string;
  /** Called after each chunk of the file, a few times a second. */
  onProgress?: (counts: Readonly<ImportCounts>) => void;
  signal?: AbortSignal;
};

/** Large, because each batch adds to the same few hours and addresses again. */
const BATCH_EVENTS = 20_000;

/**
 * Stores a whole log. A file that was imported before stores only what it has grown by; one that is cut off in the
 * middle can be imported again. While a batch is stored, the next is read, parsed, placed and summed.
 */
export async function importLog(
  connections: Connections,
  geo: Geo,
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const { head, bytes } = await openLog(source);
  const { stream, highWater } = await findStream(connections, options.hostId, head);
  const counts: ImportCounts = {
    bytes: 0,
    lines: 0,
    events: 0,
    ignored: 0,
    unreadable: 0,
    stored: 0,
    known: 0,
  };
  const parser = createLineParser({ timeZone: options.timeZone });
  let events: SecurityEvent[] = [];
  let nextSequence = highWater + 1;
  let storing: Promise<Accepted> | null = null;
  let failed = false;

  const stored = async () => {
    if (storing === null) return;
    try {
      counts.stored += (await storing).stored;
    } catch (error) {
      failed = true;
      throw whileImporting(error);
    } finally {
      storing = null;
    }
  };
  const store = async () => {
    const batch = {
      hostId: options.hostId,
      stream,
      firstSequence: nextSequence,
      events,
      tracksBans: false,
    };
    nextSequence += events.length;
    events = [];
    const prepared = prepareBatch(geo, batch, Date.now());
    await stored();
    storing = storeBatch(connections, geo, prepared);
    // It is awaited with the next batch; until then its failure must not count as unhandled.
    storing.catch(() => undefined);
  };

  try {
    for await (const { lines, tooLong } of splitLines(counted(bytes, counts))) {
      options.signal?.throwIfAborted();
      counts.lines += lines.length + tooLong;
      counts.unreadable += tooLong;
      for (const line of lines) {
        const result = parser.parse(line);
        switch (result.kind) {
          case "event":
            counts.events += 1;
            if (counts.events <= highWater) counts.known += 1;
            else events.push(result.event);
            break;
          case "ignored":
            counts.ignored += 1;
            break;
          case "unreadable":
            counts.unreadable += 1;
            break;
          default:
            result satisfies never;
        }
        if (events.length === BATCH_EVENTS) await store();
      }
      options.onProgress?.(counts);
    }
  } finally {
    // Also when the file breaks off: what could be read of it is kept, and importing it again goes on from there.
    if (!failed && events.length > 0) await store();
    if (!failed) await stored();
  }
  options.onProgress?.(counts);
  return counts;
}

/** Of a file that has a stream of its own, batches can only be repeated or missing when two import it at once. */
function whileImporting(error: unknown): unknown {
  const twice =
    error instanceof AppError && (error.code === "batch_repeated" || error.code === "sequence_gap");
  if (!twice) return error;
  return new AppError("conflict", "The same file is being imported twice at once; one of them is enough.", {
    cause: error,
  });
}

async function* counted(bytes: AsyncIterable<Uint8Array>, counts: ImportCounts): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    counts.bytes += chunk.byteLength;
    yield chunk;
  }
}
