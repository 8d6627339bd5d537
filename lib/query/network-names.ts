import type pg from "pg";

/** The names of autonomous systems by number. */
export async function networkNames(pool: pg.Pool, asns: readonly string[]): Promise<Record<string, string>> {
  if (asns.length === 0) return {};
  const { rows } = await pool.query<{ asn: string; name: string }>(
    "select asn::text as asn, name from network where asn = any($1::bigint[])",
    [asns],
  );
  return Object.fromEntries(rows.map((row) => [row.asn, row.name]));
}
