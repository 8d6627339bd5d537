import { createLineParser } from "../../agent/parse/parse-line.ts";
import type { Connections } from "../db/client.ts";
import { AppError } from "../error/app-error.ts";
import type { SecurityEvent } from "../event/event.ts";
import type { Geo } from "../geo/geo.ts";
import { type Accepted, prepareBatch, storeBatchAfter } from "../ingest/accept-batch.ts";
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
  /**
   * The process and its connections serve others meanwhile: small batches, one after the other. Also, batches under way
   * at once hold more than one connection each, which many imports at once must not do in one process.
   */
  gentle?: boolean;
};

/** Large, because each batch adds to the same few hours and addresses again. */
const BATCH_EVENTS = 40_000;
const GENTLE_BATCH_EVENTS = 5_000;

/**
 * Stores a whole log. A file that was imported before stores only what it has grown by; one that is cut off in the
 * middle can be imported again. While the sums of a batch are stored, the rows of the next are on their way, and the one
 * after that is read, parsed, placed and summed.
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
  const gentle = options.gentle ?? false;
  const batchEvents = gentle ? GENTLE_BATCH_EVENTS : BATCH_EVENTS;
  let events: SecurityEvent[] = [];
  let nextSequence = highWater + 1;
  const underWay: Promise<Accepted>[] = [];
  let failed = false;

  /** Waits until at most that many batches are under way. */
  const settle = async (atMost: number) => {
    while (underWay.length > atMost) {
      try {
        counts.stored += (await underWay.shift()!).stored;
      } catch (error) {
        failed = true;
        throw whileImporting(error);
      }
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
    await settle(gentle ? 0 : 1);
    const storing = storeBatchAfter(underWay.at(-1) ?? Promise.resolve(), connections, geo, prepared);
    // It is awaited with a later batch; until then its failure must not count as unhandled.
    storing.catch(() => undefined);
    underWay.push(storing);
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
        if (events.length === batchEvents) await store();
      }
      options.onProgress?.(counts);
    }
  } finally {
    // Also when the file breaks off: what could be read of it is kept, and importing it again goes on from there.
    if (!failed && events.length > 0) await store();
    if (!failed) await settle(0);
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
