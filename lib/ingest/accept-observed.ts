import type pg from "pg";
import type { Connections } from "../db/client.ts";
import { cleanText } from "../event/clean-text.ts";
import type { Geo } from "../geo/geo.ts";
import { publish } from "../live/publish.ts";
import { recomputeBlocked } from "../rollup/recompute-blocked.ts";
import type { Observed } from "../wire/wire.ts";
import { inPoolTransaction } from "../db/in-transaction.ts";
import { AGENT_STREAM, lockStream } from "./lock-stream.ts";
import { canonical, deleteBans } from "./store-bans.ts";

/**
 * Takes over what a host says that it blocks now: the bans of each enforcer that it names become those of the snapshot,
 * so a jail that is gone has none. Bans of an enforcer that it doesn't name (it couldn't be asked) stay as they are.
 * So do bans that began after the snapshot was made; and a snapshot that isn't newer than the last one changes nothing.
 * Throws AppError `key_revoked` when the host was removed.
 */
export async function acceptObserved(
  connections: Connections,
  geo: Geo,
  hostId: string,
  observed: Observed,
  nowMs: number = Date.now(),
): Promise<void> {
  await inPoolTransaction(connections.ingestPool, async (client) => {
    // Batches of the agent's stream change the same bans: one at a time.
    await lockStream(client, hostId, AGENT_STREAM);
    if (!(await isNext(client, hostId, observed.observedAtMs))) return;
    const touched = await replaceBans(client, hostId, observed, Math.min(observed.observedAtMs, nowMs));
    if (touched.size === 0) return;
    await publish(client, { topic: "bans", hostId });
    await recomputeBlocked(client, geo, touched);
  });
}

/**
 * By how much a snapshot may be older than what it meets; its signature holds for less. One that seems to be older still
 * is of a clock that was set back, and is the newest that there is.
 */
const OLDER_AT_MOST_MS = 10 * 60_000;

/** The last instant that a date holds. */
const LAST_MS = 8_640_000_000_000_000;

/** Notes the snapshot's time, by the host's clock; false when one as new was taken over already. */
async function isNext(client: pg.PoolClient, hostId: string, observedAtMs: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `update ingest_stream set observed_at = $3 where host_id = $1 and stream = $2
     and (observed_at is null or observed_at < $3 or observed_at > $4)`,
    [
      hostId,
      AGENT_STREAM,
      new Date(observedAtMs),
      new Date(Math.min(observedAtMs + OLDER_AT_MOST_MS, LAST_MS)),
    ],
  );
  return rowCount === 1;
}

/** A ban that began after the snapshot was made: of it, the snapshot can't know. */
function isLater(ban: Ban, { observedAtMs }: Observed): boolean {
  return ban.sinceMs > observedAtMs && ban.sinceMs <= observedAtMs + OLDER_AT_MOST_MS;
}

type Ban = {
  enforcer: "fail2ban" | "banwatch";
  jail: string;
  address: string;
  sinceMs: number;
  untilMs: number | null;
};

/**
 * Finds here, not in SQL, what differs: the lists are long, and mostly nothing does. A ban that is known keeps its
 * beginning; of its end, the snapshot knows better. Returns the addresses whose bans are others now.
 */
async function replaceBans(
  client: pg.PoolClient,
  hostId: string,
  observed: Observed,
  observedAtMs: number,
): Promise<Set<string>> {
  const known = await knownBans(client, hostId, new Set(observed.enforcers.map((each) => each.enforcer)));
  const put: Ban[] = [];
  const seen = new Set<string>();
  for (const { enforcer, jail: rawJail, bans } of observed.enforcers) {
    // As the jails of its events are cleaned, so that one jail has one name.
    const jail = cleanText(rawJail, rawJail.length);
    for (const { prefix: address, sinceMs, untilMs } of bans) {
      const key = keyOf({ enforcer, jail, address });
      if (seen.has(key)) continue;
      seen.add(key);
      const before = known.get(key);
      if (before !== undefined && isLater(before, observed)) continue;
      if (before !== undefined && before.untilKnown && before.untilMs === untilMs) continue;
      const beganMs = before?.sinceMs ?? Math.min(sinceMs ?? observedAtMs, observedAtMs);
      put.push({ enforcer, jail, address, sinceMs: beganMs, untilMs });
    }
  }
  const gone = [...known.values()].filter((ban) => !seen.has(keyOf(ban)) && !isLater(ban, observed));
  await deleteGone(client, hostId, gone);
  if (put.length > 0) await putSeen(client, hostId, put);
  return new Set([...gone, ...put].map((ban) => ban.address));
}

async function knownBans(
  client: pg.PoolClient,
  hostId: string,
  enforcers: ReadonlySet<string>,
): Promise<Map<string, Ban & { untilKnown: boolean }>> {
  const { rows } = await client.query<
    Omit<Ban, "sinceMs" | "untilMs"> & { since: Date; until: Date | null; untilKnown: boolean }
  >(
    `select enforcer::text, jail, address::text, since, until, until_known as "untilKnown" from ban
     where host_id = $1 and enforcer = any($2::enforcer[])`,
    [hostId, [...enforcers]],
  );
  return new Map(
    rows.map(({ since, until, ...row }) => {
      const ban = {
        ...row,
        address: canonical(row.address),
        sinceMs: since.getTime(),
        untilMs: until?.getTime() ?? null,
      };
      return [keyOf(ban), ban] as const;
    }),
  );
}

function keyOf({ enforcer, jail, address }: Pick<Ban, "enforcer" | "jail" | "address">): string {
  return `${enforcer} ${address} ${jail}`;
}

async function deleteGone(client: pg.PoolClient, hostId: string, gone: readonly Ban[]): Promise<void> {
  for (const [enforcer, ofEnforcer] of Map.groupBy(gone, (ban) => ban.enforcer)) {
    for (const [jail, bans] of Map.groupBy(ofEnforcer, (ban) => ban.jail)) {
      const addresses = bans.map((ban) => ban.address);
      await deleteBans(client, hostId, enforcer, jail, addresses);
    }
  }
}

async function putSeen(client: pg.PoolClient, hostId: string, put: readonly Ban[]): Promise<void> {
  await client.query(
    `insert into ban (host_id, address, enforcer, jail, since, until, until_known)
     select $1, address, enforcer, jail, to_timestamp(since_ms / 1000), to_timestamp(until_ms / 1000), true
     from unnest($2::enforcer[], $3::text[], $4::inet[], $5::float8[], $6::float8[])
       as new (enforcer, jail, address, since_ms, until_ms)
     on conflict (host_id, address, enforcer, jail) do update set until = excluded.until, until_known = true`,
    [
      hostId,
      put.map((ban) => ban.enforcer),
      put.map((ban) => ban.jail),
      put.map((ban) => ban.address),
      put.map((ban) => ban.sinceMs),
      put.map((ban) => ban.untilMs),
    ],
  );
}
