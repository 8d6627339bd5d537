import type pg from "pg";
import { ENDING_WITHIN_MS } from "./ban-filter.ts";
import { countryName } from "./country-names.ts";
import { costlyCounts } from "./costly-count.ts";

/** The numbers beside the tabs. */
export type BanCounts = { all: number; permanent: number; ending: number; unapplied: number; people: number };

/** What the filters offer. */
export type BanFacets = {
  jails: { jail: string; count: number }[];
  countries: { countryCode: string; name: string; count: number }[];
  hosts: { id: string; name: string }[];
};

/** Without `unapplied`, which is the number of actions in progress. Exact while cheap, see `CostlyCounts`. */
export function loadBanCounts(pool: pg.Pool, nowMs: number): Promise<Omit<BanCounts, "unapplied">> {
  return costlyCounts().get(keyOf(pool, "ban-counts"), async () => {
    const { rows } = await pool.query<Omit<BanCounts, "unapplied">>(
      `select (select count(*)::int from blocked_address) as all,
         (select count(*)::int from blocked_address b where b.permanent) as permanent,
         (select count(*)::int from blocked_address b where not b.permanent and b.until <= $1) as ending,
         (select count(distinct address)::int from ban where enforcer = 'banwatch') as people`,
      [new Date(nowMs + ENDING_WITHIN_MS)],
    );
    return rows[0]!;
  });
}

export function loadBanFacets(pool: pg.Pool): Promise<BanFacets> {
  return costlyCounts().get(keyOf(pool, "ban-facets"), async () => {
    const [jails, countries, hosts] = await Promise.all([
      pool.query<{ jail: string; count: number }>(
        "select jail, count(*)::int as count from blocked_address where jail <> '' group by jail order by count desc, jail limit 200",
      ),
      pool.query<{ countryCode: string; count: number }>(
        'select country_code as "countryCode", count(*)::int as count from blocked_address group by country_code order by count desc, country_code',
      ),
      pool.query<{ id: string; name: string }>(
        "select id, name from host where kind = 'agent' and revoked_at is null order by name",
      ),
    ]);
    return {
      jails: jails.rows,
      countries: countries.rows.map((row) => ({ ...row, name: countryName(row.countryCode) })),
      hosts: hosts.rows,
    };
  });
}

/** Tests have several databases in one process. */
function keyOf(pool: pg.Pool, name: string): string {
  return `${name} ${pool.options.connectionString}`;
}
