import type pg from "pg";
import type { Geo } from "../geo/geo.ts";

/** Every rollup as it is stored, and as it follows from the events alone. They must be the same. */
export async function recount(
  pool: pg.Pool,
  geo: Geo,
): Promise<Record<string, { stored: unknown[]; counted: unknown[] }>> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ ip: string }>(
      "select distinct host(source_ip) as ip from event where source_ip is not null",
    );
    const located = rows.map((row) => geo.locate(row.ip));
    await client.query(
      `create temp table located on commit drop as
       select * from unnest($1::inet[], $2::bigint[], $3::text[], $4::bigint[]) as l (ip, place_id, country_code, asn)`,
      [
        rows.map((row) => row.ip),
        located.map((each) => each.placeId),
        located.map((each) => each.countryCode),
        located.map((each) => each.asn),
      ],
    );
    const result: Record<string, { stored: unknown[]; counted: unknown[] }> = {};
    for (const [table, columns, query] of RECOUNTS) {
      const stored = await client.query<{ row: unknown }>(
        `select to_jsonb(t) as row from (select ${columns} from ${table}) t order by t::text`,
      );
      const counted = await client.query<{ row: unknown }>(
        `select to_jsonb(t) as row from (${query}) t order by t::text`,
      );
      result[table] = {
        stored: stored.rows.map((each) => each.row),
        counted: counted.rows.map((each) => each.row),
      };
    }
    await client.query("commit");
    return result;
  } finally {
    client.release();
  }
}

const DETECTOR = "coalesce(e.jail, e.source::text)";
const HOUR = "date_trunc('hour', e.time, 'UTC')";
const ATTACKS = "coalesce(sum(e.count) filter (where e.kind in ('attempt', 'blocked')), 0)::bigint";
const BANS = "coalesce(sum(e.count) filter (where e.kind = 'ban'), 0)::bigint";
const ATTACK = "e.kind in ('attempt', 'blocked')";
const LOCATED = "event e join located l on l.ip = host(e.source_ip)::inet";

const RECOUNTS: readonly (readonly [table: string, columns: string, query: string])[] = [
  [
    "slot_count",
    "slot, host_id, detector, kind::text, count",
    `select date_bin('10 minutes', e.time, 'epoch') as slot, e.host_id, ${DETECTOR} as detector, e.kind::text, sum(e.count)::bigint as count
     from event e group by 1, 2, 3, 4`,
  ],
  [
    "place_hour",
    "hour, host_id, detector, place_id, attacks, bans",
    `select ${HOUR} as hour, e.host_id, ${DETECTOR} as detector, l.place_id, ${ATTACKS} as attacks, ${BANS} as bans
     from ${LOCATED} where ${ATTACK} or e.kind = 'ban' group by 1, 2, 3, 4`,
  ],
  [
    "network_hour",
    "hour, host_id, detector, country_code, asn, attacks",
    `select ${HOUR} as hour, e.host_id, ${DETECTOR} as detector, l.country_code, l.asn, ${ATTACKS} as attacks
     from ${LOCATED} where ${ATTACK} group by 1, 2, 3, 4, 5`,
  ],
  [
    "user_hour",
    "hour, host_id, detector, user_name, attacks",
    `select ${HOUR} as hour, e.host_id, ${DETECTOR} as detector, e.user_name, ${ATTACKS} as attacks
     from event e where ${ATTACK} and e.user_name is not null group by 1, 2, 3, 4`,
  ],
  [
    "port_hour",
    "hour, host_id, detector, transport, port, attacks",
    `select ${HOUR} as hour, e.host_id, ${DETECTOR} as detector, coalesce(e.transport, '') as transport, e.destination_port as port, ${ATTACKS} as attacks
     from event e where ${ATTACK} and e.destination_port is not null group by 1, 2, 3, 4, 5`,
  ],
  [
    "attacker",
    "address, place_id, country_code, asn, first_seen, last_seen, attacks, bans",
    `select e.source_ip as address, l.place_id, l.country_code, l.asn, min(e.time) as first_seen, max(e.time) as last_seen, ${ATTACKS} as attacks, ${BANS} as bans
     from ${LOCATED} where ${ATTACK} or e.kind in ('ban', 'scan') group by 1, 2, 3, 4`,
  ],
  [
    "attacker_day",
    "address, day, attacks, bans",
    `select e.source_ip as address, (e.time at time zone 'UTC')::date as day, ${ATTACKS} as attacks, ${BANS} as bans
     from event e where e.source_ip is not null and (${ATTACK} or e.kind = 'ban') group by 1, 2`,
  ],
  [
    "ingest_stream",
    "host_id, stream, high_water",
    `select host_id, stream, max(sequence) as high_water from event group by 1, 2 having count(*) = max(sequence)`,
  ],
  [
    "blocked_address",
    "address, since, until, permanent, host_count",
    `select address, max(since) as since, case when bool_or(until is null) then null else max(until) end as until,
       bool_or(until is null and until_known) as permanent, count(distinct host_id)::int as host_count
     from ban group by 1`,
  ],
];
