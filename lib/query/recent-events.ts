import type pg from "pg";
import type { FeedItem } from "../live/live-message.ts";
import { type AttackFilter, DAY_MS } from "./attack-filter.ts";

const SEARCHED_EVENTS = 5_000;
const SEARCHED_DAYS = 30;

/** The newest events that fit the filter, newest first; looked for among the newest few thousand. */
export async function recentEvents(
  pool: pg.Pool,
  filter: Pick<AttackFilter, "host" | "jail" | "country">,
  limit: number,
  nowMs: number,
): Promise<FeedItem[]> {
  const { rows } = await pool.query<Omit<FeedItem, "timeMs"> & { time: Date }>(
    `select e.host_id || ':' || e.stream || ':' || e.sequence as key, e.time, e.host_id as "hostId",
       h.name as "hostName", e.kind, e.source_ip as address, coalesce(a.country_code, 'ZZ') as "countryCode",
       coalesce(a.place_id, 0)::float8 as "placeId", p.latitude, p.longitude,
       coalesce(e.jail, e.source::text) as detector, e.count
     from (
       select * from event where time > $1 and ($2::uuid is null or host_id = $2)
       order by time desc limit ${SEARCHED_EVENTS}
     ) as e
     join host h on h.id = e.host_id
     left join attacker a on a.address = e.source_ip
     left join place p on p.id = a.place_id
     where ($3::text is null or coalesce(e.jail, e.source::text) = $3)
       and ($4::text is null or a.country_code = $4)
     order by e.time desc, e.sequence desc limit $5`,
    [new Date(nowMs - SEARCHED_DAYS * DAY_MS), filter.host, filter.jail, filter.country, limit],
  );
  return rows.map(({ time, ...row }) => ({ ...row, timeMs: time.getTime() }));
}
