import type pg from "pg";
import { inPoolTransaction } from "../db/in-transaction.ts";
import { AppError } from "../error/app-error.ts";

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

/** What this process knows of the partitions of a database. */
type Known = {
  /** Where the weeks begin: all that is older shares one partition, which is always there. */
  firstWeekMs: number;
  weeks: Set<number>;
};
const knownPartitions = new WeakMap<pg.Pool, Known>();
/** More in one transaction would hold many locks for long. */
const PARTITIONS_AT_ONCE = 20;

/** Makes the partitions that are missing, some in each short transaction, and remembers which are there. */
export async function ensureWeekPartitions(pool: pg.Pool, timesMs: Iterable<number>): Promise<void> {
  let known = knownPartitions.get(pool);
  const missing = new Set<number>();
  for (const timeMs of timesMs) {
    const week = weekStart(timeMs);
    if (known === undefined || (week >= known.firstWeekMs && !known.weeks.has(week))) missing.add(week);
  }
  if (missing.size === 0) return;
  if (known === undefined) {
    known = { firstWeekMs: await readFirstWeek(pool), weeks: new Set() };
    knownPartitions.set(pool, known);
  }
  const { firstWeekMs, weeks } = known;
  const wanted = [...missing].filter((week) => week >= firstWeekMs).toSorted((a, b) => a - b);
  for (let at = 0; at < wanted.length; at += PARTITIONS_AT_ONCE) {
    const some = wanted.slice(at, at + PARTITIONS_AT_ONCE);
    await createPartitions(pool, some.map(weekPartitionOf));
    for (const week of some) weeks.add(week);
  }
}

/** To be called when a partition turned out not to be there: retention may have dropped it. */
export function forgetWeekPartitions(pool: pg.Pool): void {
  knownPartitions.delete(pool);
}

/** Where `event_older` ends: three years before the database was made. */
async function readFirstWeek(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ first: Date }>(
    `select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''([^'']+)''\\)')::timestamptz as first
     from pg_class where oid = 'event_older'::regclass`,
  );
  if (rows[0] === undefined)
    throw new AppError("internal", "The database has no partition for older events.");
  return rows[0].first.getTime();
}

/**
 * Attached rather than created in place: attaching lets others read and write the table meanwhile, and creating in
 * place does not.
 */
async function createPartitions(pool: pg.Pool, partitions: readonly WeekPartition[]): Promise<void> {
  await inPoolTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock($1)", [PARTITION_LOCK]);
    const { rows } = await client.query<{ name: string }>(
      "select name from unnest($1::text[]) name where to_regclass(name) is null",
      [partitions.map((each) => each.name)],
    );
    const absent = new Set(rows.map((row) => row.name));
    const statements = partitions.filter((each) => absent.has(each.name)).map(attached);
    if (statements.length > 0) await client.query(statements.join("\n"));
  });
}

function attached({ name, fromMs, toMs }: WeekPartition): string {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return `create table ${name} (like event including defaults);
    alter table event attach partition ${name} for values from ('${from}') to ('${to}');`;
}
