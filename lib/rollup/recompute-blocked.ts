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
  const located = touched.map((address) => geo.locate(address));
  await client.query("select pg_advisory_xact_lock($1)", [BLOCKED_LOCK]);
  // A statement of its own, after the lock: only then does it see what others stored before they let go of the lock.
  await client.query(STATEMENT, [
    touched,
    located.map((each) => each.countryCode),
    located.map((each) => each.placeId),
    located.map((each) => each.asn),
  ]);
}

const STATEMENT = `
with touched as (
  select * from unnest($1::inet[], $2::text[], $3::bigint[], $4::bigint[])
    as touched (address, country_code, place_id, asn)
), blocked as (
  select ban.address,
    max(ban.since) as since,
    case when bool_or(ban.until is null) then null else max(ban.until) end as until,
    bool_or(ban.until is null and ban.until_known) as permanent,
    count(distinct ban.host_id)::int as host_count,
    (array_agg(ban.jail order by ban.enforcer <> 'fail2ban', ban.since desc))[1] as jail,
    (array_agg(ban.enforcer order by ban.since desc))[1] as enforcer
  from ban where ban.address = any($1::inet[])
  group by ban.address
), gone as (
  delete from blocked_address
  where address = any($1::inet[]) and not exists (select from blocked where blocked.address = blocked_address.address)
)
insert into blocked_address as old
  (address, since, until, permanent, host_count, jail, enforcer, country_code, place_id, asn)
select address, since, until, permanent, host_count, jail, enforcer, country_code, place_id, asn
from blocked join touched using (address)
on conflict (address) do update set
  since = excluded.since, until = excluded.until, permanent = excluded.permanent,
  host_count = excluded.host_count, jail = excluded.jail, enforcer = excluded.enforcer,
  country_code = excluded.country_code, place_id = excluded.place_id, asn = excluded.asn`;
