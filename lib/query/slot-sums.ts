import type pg from "pg";
import { type AttackFilter, WEEK_MS } from "./attack-filter.ts";

/** Counts of one step of time. */
export type SlotSum = { startMs: number; attacks: number; bans: number; unbans: number; logins: number };

/**
 * The counts by step of the stretch [startMs, endMs) and of the same stretch in each of the weeks before. Steps are a
 * multiple of ten minutes and start where the clock says; steps without an event are absent.
 */
export async function slotSums(
  pool: pg.Pool,
  filter: Pick<AttackFilter, "host" | "jail">,
  stretch: { startMs: number; endMs: number; stepMs: number; weeksBefore: number },
): Promise<SlotSum[]> {
  const stretches = stretchesOf(stretch);
  const { rows } = await pool.query<Omit<SlotSum, "startMs"> & { start: Date }>(
    `select date_bin($3::interval, slot, '2001-01-01Z') as start,
         coalesce(sum(count) filter (where kind in ('attempt', 'blocked')), 0)::float8 as attacks,
         coalesce(sum(count) filter (where kind = 'ban'), 0)::float8 as bans,
         coalesce(sum(count) filter (where kind = 'unban'), 0)::float8 as unbans,
         coalesce(sum(count) filter (where kind = 'login'), 0)::float8 as logins
       from unnest($1::timestamptz[], $2::timestamptz[]) as w(first, last)
       join slot_count on slot >= w.first and slot < w.last
       where ($4::uuid is null or host_id = $4) and ($5::text is null or detector = $5)
       group by 1 order by 1`,
    [
      stretches.map((each) => new Date(each.startMs)),
      stretches.map((each) => new Date(each.endMs)),
      `${stretch.stepMs / 1000} seconds`,
      filter.host,
      filter.jail,
    ],
  );
  return rows.map(({ start, ...counts }) => ({ startMs: start.getTime(), ...counts }));
}

/**
 * The stretch and the same one in each of the weeks before, oldest first; what touches is one, so that no slot is
 * counted twice.
 */
export function stretchesOf(stretch: {
  startMs: number;
  endMs: number;
  weeksBefore: number;
}): { startMs: number; endMs: number }[] {
  const merged: { startMs: number; endMs: number }[] = [];
  for (let week = stretch.weeksBefore; week >= 0; week--) {
    const startMs = stretch.startMs - week * WEEK_MS;
    const endMs = stretch.endMs - week * WEEK_MS;
    const last = merged.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = endMs;
    else merged.push({ startMs, endMs });
  }
  return merged;
}

/** When the oldest data is from; null: there is none. */
export async function firstDataMs(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ first: Date | null }>("select min(slot) as first from slot_count");
  return rows[0]?.first?.getTime() ?? null;
}
