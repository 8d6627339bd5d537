import type pg from "pg";
import { type AttackFilter, DAY_MS, RANGE_MS } from "./attack-filter.ts";

type LoginAfterFailures = {
  timeMs: number;
  hostName: string;
  address: string;
  userName: string | null;
  /** Failed attempts of that address in the 24 h before. */
  failures: number;
  /** Where the address is; null when only its country is known. */
  latitude: number | null;
  longitude: number | null;
};

export type LoginAnswer =
  /** No source of any host reports successful logins: nobody can say. */
  { kind: "not_watched" } | { kind: "watched"; logins: number; suspicious: LoginAfterFailures[] };

const WATCHED_DAYS = 30;
const EXAMINED_LOGINS = 2_000;
const SHOWN = 20;

/** Logins in the range that followed failed attempts of the same address within a day, newest first. */
export async function loginsAfterFailures(
  pool: pg.Pool,
  filter: AttackFilter,
  nowMs: number,
): Promise<LoginAnswer> {
  const start = new Date(nowMs - RANGE_MS[filter.range]);
  const { rows } = await pool.query<{ watched: boolean; logins: number }>(
    `select coalesce(bool_or(true), false) as watched,
       coalesce(sum(count) filter (where slot >= $1), 0)::float8 as logins
     from slot_count where kind = 'login' and slot >= $2 and ($3::uuid is null or host_id = $3)`,
    [start, new Date(nowMs - WATCHED_DAYS * DAY_MS), filter.host],
  );
  const [counted] = rows;
  if (!counted?.watched) return { kind: "not_watched" };
  if (counted.logins === 0) return { kind: "watched", logins: 0, suspicious: [] };
  const found = await pool.query<{
    time: Date;
    hostName: string;
    address: string;
    userName: string | null;
    failures: number;
    latitude: number | null;
    longitude: number | null;
  }>(
    `select l.time, h.name as "hostName", host(l.source_ip) as address, l.user_name as "userName", f.failures,
       p.latitude, p.longitude
     from (
       select * from event
       where kind = 'login' and time >= $1 and source_ip is not null and ($2::uuid is null or host_id = $2)
       order by time desc limit ${EXAMINED_LOGINS}
     ) as l
     join host h on h.id = l.host_id
     left join attacker a on a.address = l.source_ip
     left join place p on p.id = a.place_id
     cross join lateral (
       select coalesce(sum(e.count), 0)::float8 as failures from event e
       where e.source_ip = l.source_ip and e.kind = 'attempt'
         and e.time < l.time and e.time > l.time - interval '1 day'
     ) as f
     where f.failures > 0 order by l.time desc limit ${SHOWN}`,
    [start, filter.host],
  );
  return {
    kind: "watched",
    logins: counted.logins,
    suspicious: found.rows.map(({ time, ...row }) => ({ timeMs: time.getTime(), ...row })),
  };
}
