import type pg from "pg";
import type { Connections } from "../db/client.ts";
import type { Geo } from "../geo/geo.ts";
import { publish } from "../live/publish.ts";
import { recomputeBlocked } from "../rollup/recompute-blocked.ts";
import type { Observed } from "../wire/wire.ts";
import { inTransaction } from "./in-transaction.ts";
import { canonical } from "./store-bans.ts";

/**
 * Takes over what a host says that it blocks now: for each named enforcer and jail, its bans become those of the
 * snapshot. Bans of enforcers and jails that it doesn't name stay as they are.
 */
export async function acceptObserved(
  connections: Connections,
  geo: Geo,
  hostId: string,
  observed: Observed,
  nowMs: number = Date.now(),
): Promise<void> {
  await inTransaction(connections.ingestPool, async (client) => {
    await lockBans(client, hostId);
    const touched = await replaceBans(client, hostId, observed, Math.min(observed.observedAtMs, nowMs));
    if (touched.length === 0) return;
    await publish(client, { topic: "bans", hostId });
    await recomputeBlocked(client, geo, touched);
  });
}

/** Batches of the agent's stream change the same bans: one at a time. */
async function lockBans(client: pg.PoolClient, hostId: string): Promise<void> {
  await client.query(
    `insert into ingest_stream (host_id, stream) values ($1, 0)
     on conflict (host_id, stream) do update set updated_at = now()`,
    [hostId],
  );
}

async function replaceBans(
  client: pg.PoolClient,
  hostId: string,
  observed: Observed,
  observedAtMs: number,
): Promise<string[]> {
  const { enforcers } = observed;
  const bans = enforcers.flatMap(({ enforcer, jail, bans: ofJail }) =>
    ofJail.map((ban) => ({ enforcer, jail, ...ban })),
  );
  const { rows } = await client.query<{ address: string }>(STATEMENT, [
    hostId,
    enforcers.map((each) => each.enforcer),
    enforcers.map((each) => each.jail),
    bans.map((ban) => ban.enforcer),
    bans.map((ban) => ban.jail),
    bans.map((ban) => ban.prefix),
    bans.map((ban) => Math.min(ban.sinceMs ?? observedAtMs, observedAtMs)),
    bans.map((ban) => ban.untilMs),
  ]);
  return rows.map((row) => canonical(row.address));
}

/** A ban that is known keeps its beginning; of its end, the snapshot knows better. */
const STATEMENT = `
with named as (
  select * from unnest($2::enforcer[], $3::text[]) as named (enforcer, jail)
), seen as (
  select distinct on (enforcer, jail, address) *
  from unnest($4::enforcer[], $5::text[], $6::inet[], $7::float8[], $8::float8[])
    as seen (enforcer, jail, address, since_ms, until_ms)
  order by enforcer, jail, address, since_ms
), gone as (
  delete from ban using named
  where ban.host_id = $1 and ban.enforcer = named.enforcer and ban.jail = named.jail
    and not exists (
      select from seen
      where seen.enforcer = ban.enforcer and seen.jail = ban.jail and seen.address = ban.address
    )
  returning ban.address
), put as (
  insert into ban as old (host_id, address, enforcer, jail, since, until, until_known)
  select $1, address, enforcer, jail, to_timestamp(since_ms / 1000), to_timestamp(until_ms / 1000), true
  from seen
  on conflict (host_id, address, enforcer, jail) do update set until = excluded.until, until_known = true
    where old.until is distinct from excluded.until or not old.until_known
  returning old.address
)
select address::text from gone union select address::text from put`;
