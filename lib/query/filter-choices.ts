import type pg from "pg";
import { HOUR_MS } from "./attack-filter.ts";
import { keptAnswers } from "./kept-answers.ts";

/** What the filter row offers: hosts that were not revoked, and what noticed attacks within 30 days. */
export type FilterChoices = { hosts: { id: string; name: string }[]; jails: string[] };

const KEPT_MS = 10_000;
const JAIL_DAYS = 30;

export function filterChoices(pool: pg.Pool, nowMs: number): Promise<FilterChoices> {
  return keptAnswers().get(`choices ${pool.options.connectionString}`, KEPT_MS, async () => {
    const [hosts, jails] = await Promise.all([
      pool.query<{ id: string; name: string }>(
        "select id, name from host where revoked_at is null order by name",
      ),
      pool.query<{ detector: string }>(
        "select detector from place_hour where hour >= $1 group by detector order by detector limit 200",
        [new Date(nowMs - JAIL_DAYS * 24 * HOUR_MS)],
      ),
    ]);
    return { hosts: hosts.rows, jails: jails.rows.map((row) => row.detector) };
  });
}
