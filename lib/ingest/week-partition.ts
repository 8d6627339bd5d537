import type pg from "pg";

/** One week of events, Monday to Monday, UTC. */
export type WeekPartition = { name: string; fromMs: number; toMs: number };

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05, the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
/** Any number, the same for all instances: only one makes partitions at a time. */
const PARTITION_LOCK = 7_226_802;

/** The partition that an event of that time belongs to: `event_y2026w47` is ISO week 47 of 2026. */
export function weekPartitionOf(timeMs: number): WeekPartition {
  const fromMs = weekStart(timeMs);
  // The year of an ISO week is the year that its Thursday is in; week 1 is the one with the year's first Thursday.
  const year = new Date(fromMs + 3 * DAY_MS).getUTCFullYear();
  const firstWeek = weekStart(Date.UTC(year, 0, 4));
  const week = Math.round((fromMs - firstWeek) / WEEK_MS) + 1;
  return { name: `event_y${year}w${String(week).padStart(2, "0")}`, fromMs, toMs: fromMs + WEEK_MS };
}

/** The Monday, 00:00 UTC, that the time's week starts with. */
function weekStart(timeMs: number): number {
  return Math.floor((timeMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
}

const knownPartitions = new WeakMap<pg.Pool, Set<string>>();

/** Makes the partitions that are missing, each in a short transaction of its own, and remembers which are there. */
export async function ensureWeekPartitions(pool: pg.Pool, timesMs: Iterable<number>): Promise<void> {
  const known = knownPartitions.get(pool) ?? new Set<string>();
  knownPartitions.set(pool, known);
  const starts = new Set<number>();
  for (const timeMs of timesMs) starts.add(weekStart(timeMs));
  for (const start of starts) {
    const partition = weekPartitionOf(start);
    if (known.has(partition.name)) continue;
    await createPartition(pool, partition);
    known.add(partition.name);
  }
}

/** To be called when a partition turned out not to be there: retention may have dropped it. */
export function forgetWeekPartitions(pool: pg.Pool): void {
  knownPartitions.delete(pool);
}

/**
 * Attached rather than created in place: attaching lets others read and write the table meanwhile, and creating in
 * place does not.
 */
async function createPartition(pool: pg.Pool, partition: WeekPartition): Promise<void> {
  const { name } = partition;
  const from = new Date(partition.fromMs).toISOString();
  const to = new Date(partition.toMs).toISOString();
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [PARTITION_LOCK]);
    const { rows } = await client.query<{ present: boolean }>(
      "select to_regclass($1) is not null as present",
      [name],
    );
    if (rows[0]?.present !== true) {
      await client.query(`create table ${name} (like event including defaults)`);
      await client.query(
        `alter table event attach partition ${name} for values from ('${from}') to ('${to}')`,
      );
    }
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
