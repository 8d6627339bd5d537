import type pg from "pg";
import type { Geo } from "../geo/geo.ts";

/** Any number, the same for all instances. */
const BLOCKED_LOCK = 7_226_803;

/**
 * Makes `blocked_address` say again what `ban` says of these addresses. Call it last in the transaction that changed
 * the bans: the lock that it takes is held until that ends, so that of two hosts that ban one address at once, the
 * second sees what the first did.
 */
export async function recomputeBlocked(
  client: pg.PoolClient,
  geo: Geo,
  addresses: Iterable<string>,
): Promise<void> {
  const touched = [...addresses];
  if (touched.length === 0) return;
  await client.query("select pg_advisory_xact_lock($1)", [BLOCKED_LOCK]);
  // A statement of its own, after the lock: only then does it see what others stored before they let go of the lock.
  const { rows: blocked } = await client.query<Blocked>(BLOCKED, [touched]);
  const still = new Set(blocked.map((row) => row.address));
  const free = touched.filter((address) => !still.has(address));
  if (free.length > 0)
    await client.query("delete from blocked_address where address = any($1::inet[])", [free]);
  if (blocked.length > 0) await store(client, geo, blocked);
}

type Blocked = {
  address: string;
  since: string;
  until: string | null;
  permanent: boolean;
  hostCount: number;
  jail: string;
  enforcer: string;
};

/*
 * Nothing here joins two long lists in SQL: with a table that has no statistics yet, PostgreSQL would compare each of
 * the one with each of the other. Times pass through as text, as exact as they are.
 */
const BLOCKED = `
select
  case when masklen(address) = case family(address) when 4 then 32 else 128 end
    then host(address) else address::text end as address,
  max(since)::text as since,
  (case when bool_or(until is null) then null else max(until) end)::text as until,
  bool_or(until is null and until_known) as permanent,
  count(distinct host_id)::int as "hostCount",
  (array_agg(jail order by enforcer <> 'fail2ban', since desc))[1] as jail,
  (array_agg(enforcer order by since desc))[1]::text as enforcer
from ban where ban.address = any($1::inet[])
group by ban.address`;

async function store(client: pg.PoolClient, geo: Geo, blocked: readonly Blocked[]): Promise<void> {
  const located = blocked.map((each) => geo.locate(each.address));
  await client.query(
    `insert into blocked_address as old
       (address, since, until, permanent, host_count, jail, enforcer, country_code, place_id, asn)
     select * from unnest($1::inet[], $2::timestamptz[], $3::timestamptz[], $4::boolean[], $5::int[], $6::text[],
       $7::enforcer[], $8::text[], $9::bigint[], $10::bigint[])
     on conflict (address) do update set
       since = excluded.since, until = excluded.until, permanent = excluded.permanent,
       host_count = excluded.host_count, jail = excluded.jail, enforcer = excluded.enforcer,
       country_code = excluded.country_code, place_id = excluded.place_id, asn = excluded.asn`,
    [
      blocked.map((each) => each.address),
      blocked.map((each) => each.since),
      blocked.map((each) => each.until),
      blocked.map((each) => each.permanent),
      blocked.map((each) => each.hostCount),
      blocked.map((each) => each.jail),
      blocked.map((each) => each.enforcer),
      located.map((each) => each.countryCode),
      located.map((each) => each.placeId),
      located.map((each) => each.asn),
    ],
  );
}
