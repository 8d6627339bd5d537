import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Connections } from "../db/client.ts";
import { AppError } from "../error/app-error.ts";
import type { Geo } from "../geo/geo.ts";
import { publish } from "../live/publish.ts";
import { recomputeBlocked } from "../rollup/recompute-blocked.ts";
import { type BanChanges, banChanges } from "./ban-changes.ts";
import { COPY_EVENTS, encodeEvents } from "./encode-events.ts";
import { feedOf } from "./feed-of.ts";
import { type IncomingBatch, type PlacedEvent, placeEvents } from "./incoming-batch.ts";
import { lockStream } from "./lock-stream.ts";
import { inPoolTransaction, sqlStateOf } from "../db/in-transaction.ts";
import { storeBanChanges } from "./store-bans.ts";
import { storeSums } from "./store-sums.ts";
import { type BatchSums, sumEvents } from "./sum-events.ts";
import { ensureWeekPartitions, forgetWeekPartitions } from "./week-partition.ts";

export type { IncomingBatch } from "./incoming-batch.ts";

/** `highWater`: the number of the last event of the stream that is stored for good. `stored`: how many are new. */
export type Accepted = { highWater: number; stored: number };

/**
 * Stores a batch with all that follows from it (rollups, attackers, current bans, the message to pages) in one
 * transaction: all of it or nothing. Of a batch that overlaps what is stored, only the newer events are taken.
 *
 * Throws `AppError` `sequence_gap` when events before this batch are missing and `batch_repeated` when none of it is
 * new, each with `detail.highWater`, and `key_revoked` when the host was removed; any other error means that nothing was stored and the batch may be sent again.
 */
export async function acceptBatch(
  connections: Connections,
  geo: Geo,
  batch: IncomingBatch,
  nowMs: number = Date.now(),
): Promise<Accepted> {
  return storeBatch(connections, geo, prepareBatch(geo, batch, nowMs));
}

/** A batch that is placed, summed and encoded, on the guess that all of it is new. */
export type PreparedBatch = {
  batch: IncomingBatch;
  nowMs: number;
  placed: PlacedEvent[];
  work: Work;
};

type Work = { rows: Buffer; sums: BatchSums; bans: BanChanges | null };

/** All of the work that needs no database; an importer does it while the previous batch is stored. */
export function prepareBatch(geo: Geo, batch: IncomingBatch, nowMs: number): PreparedBatch {
  const placed = placeEvents(geo, batch, nowMs);
  return { batch, nowMs, placed, work: prepareWork(batch, placed, nowMs) };
}

/** See `acceptBatch`. */
async function storeBatch(connections: Connections, geo: Geo, prepared: PreparedBatch): Promise<Accepted> {
  const { ingestPool } = connections;
  for (let attempt = 1; ; attempt += 1) {
    await ensureWeekPartitions(ingestPool, timesOf(prepared.placed));
    try {
      return await inPoolTransaction(ingestPool, (client) => store(client, geo, prepared));
    } catch (error) {
      if (attempt > 1 || sqlStateOf(error) !== NO_PARTITION) throw error;
      forgetWeekPartitions(ingestPool);
    }
  }
}

/**
 * Stores a batch that follows on one which is being stored now, for an importer: its rows go in at once, on a
 * connection of their own, and the rest when `previous` is done. When it turns out that not all of it was new, the
 * rows are taken back and it is stored as any other. Fails when `previous` does.
 */
export async function storeBatchAfter(
  previous: Promise<unknown>,
  connections: Connections,
  geo: Geo,
  prepared: PreparedBatch,
): Promise<Accepted> {
  const { batch, placed, work } = prepared;
  await ensureWeekPartitions(connections.ingestPool, timesOf(placed));
  const ahead = await inPoolTransaction(connections.ingestPool, async (client) => {
    await copyEvents(client, work.rows);
    await previous;
    const { highWater: before, hostName } = await lockStream(client, batch.hostId, batch.stream);
    if (before + 1 !== batch.firstSequence) throw new NotNext();
    return storeConsequences(client, geo, prepared, { hostName, placed, work, before });
  }).catch((error: unknown) => {
    if (error instanceof NotNext || sqlStateOf(error) === ALREADY_THERE) return null;
    throw error;
  });
  return ahead ?? storeBatch(connections, geo, prepared);
}

/** The stream is not where the batch begins. */
class NotNext extends Error {}

/** unique_violation: rows of the batch are stored already. */
const ALREADY_THERE = "23505";
/** check_violation, which is what a row without a partition is. */
const NO_PARTITION = "23514";

function* timesOf(placed: readonly PlacedEvent[]): Generator<number> {
  for (const each of placed) yield each.timeMs;
}

function prepareWork(batch: IncomingBatch, placed: readonly PlacedEvent[], nowMs: number): Work {
  return {
    rows: encodeEvents(batch.hostId, batch.stream, placed),
    sums: sumEvents(placed),
    bans: batch.tracksBans ? banChanges(placed, nowMs) : null,
  };
}

async function store(client: pg.PoolClient, geo: Geo, prepared: PreparedBatch): Promise<Accepted> {
  const { batch, nowMs } = prepared;
  const { highWater: before, hostName } = await lockStream(client, batch.hostId, batch.stream);
  const placed = newerEvents(prepared, before);
  const work = placed === prepared.placed ? prepared.work : prepareWork(batch, placed, nowMs);
  await copyEvents(client, work.rows);
  return storeConsequences(client, geo, prepared, { hostName, placed, work, before });
}

/** All that follows from the events, which are in the transaction already. */
async function storeConsequences(
  client: pg.PoolClient,
  geo: Geo,
  { batch, nowMs }: PreparedBatch,
  { hostName, placed, work, before }: { hostName: string; placed: PlacedEvent[]; work: Work; before: number },
): Promise<Accepted> {
  const highWater = before + placed.length;
  await storeSums(client, { hostId: batch.hostId, stream: batch.stream, highWater }, work.sums);
  const touched = work.bans === null ? null : await storeBanChanges(client, batch.hostId, work.bans);

  const feed = feedOf(batch, hostName, placed, nowMs);
  await publish(client, { topic: "events", hostId: batch.hostId, attacks: work.sums.attacks, feed });
  if (touched !== null && touched.size > 0) {
    await publish(client, { topic: "bans", hostId: batch.hostId });
    await recomputeBlocked(client, geo, touched);
  }
  return { highWater, stored: placed.length };
}

function newerEvents({ batch, placed }: PreparedBatch, highWater: number): PlacedEvent[] {
  const { firstSequence } = batch;
  if (firstSequence > highWater + 1) {
    throw new AppError(
      "sequence_gap",
      `Events ${highWater + 1} to ${firstSequence - 1} are missing: send from ${highWater + 1} on.`,
      { detail: { highWater } },
    );
  }
  const known = highWater + 1 - firstSequence;
  if (known >= placed.length) {
    throw new AppError("batch_repeated", `All events up to ${highWater} are stored already.`, {
      detail: { highWater },
    });
  }
  return known === 0 ? placed : placed.slice(known);
}

async function copyEvents(client: pg.PoolClient, rows: Buffer): Promise<void> {
  const stream = client.query(copyFrom(COPY_EVENTS));
  stream.end(rows);
  await finished(stream);
}
