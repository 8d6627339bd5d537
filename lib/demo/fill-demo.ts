import type { Connections } from "../db/client.ts";
import { Problem } from "../error/problem.ts";
import type { SecurityEvent } from "../event/event.ts";
import { geo, type Geo } from "../geo/geo.ts";
import { acceptBatch } from "../ingest/accept-batch.ts";
import { acceptObserved } from "../ingest/accept-observed.ts";
import { ensureInstance } from "../instance/instance.ts";
import { createDemoTraffic, type DemoEvent } from "./demo-traffic.ts";
import { DEMO_HOSTS, type DemoHost, SILENT_FOR_MS, SILENT_HOST, statusOf } from "./demo-hosts.ts";

const SEED = 20_261_120;
const BATCH_EVENTS = 20_000;
const PERMANENT_BANS = 46;

/**
 * Fills a database with four weeks of generated traffic that ends now. What an earlier demonstration left there goes.
 * Throws a `Problem`, and changes nothing, when the database has hosts that no demonstration made.
 */
export async function fillDemo(connections: Connections, nowMs: number): Promise<void> {
  await refuseRealDatabase(connections);
  await ensureInstance(connections, { demo: true });
  await connections.pool.query("update instance set demo = true");
  await clear(connections);
  await makeHosts(connections, nowMs);
  const places = await geo();
  const traffic = createDemoTraffic(SEED);
  const byHost = groupByHost(traffic.history(nowMs));
  // Two at a time: while one waits for the disk, the other is made ready.
  const waiting = DEMO_HOSTS.values();
  await Promise.all([1, 2].map(() => storeHosts(connections, places, waiting, byHost, nowMs)));
  await banPermanently(connections, places, traffic.permanentlyBanned(PERMANENT_BANS), nowMs);
  await writeStatuses(connections, nowMs);
  await connections.pool.query("analyze");
}

async function refuseRealDatabase({ pool }: Connections): Promise<void> {
  const { rowCount } = await pool.query("select from host where not (id = any($1::uuid[])) limit 1", [
    DEMO_HOSTS.map((host) => host.id),
  ]);
  if (rowCount === 0) return;
  throw new Problem(
    "This database has hosts of its own, and a demonstration would mix invented traffic with theirs. Let the demonstration have a database of its own: unset DATABASE_URL, or name an empty one.",
  );
}

async function clear({ pool }: Connections): Promise<void> {
  await pool.query(
    `truncate host, event, ingest_stream, slot_count, place_hour, network_hour, user_hour, port_hour, attacker,
     attacker_day, ban, blocked_address`,
  );
}

async function makeHosts({ pool }: Connections, nowMs: number): Promise<void> {
  await pool.query(
    `insert into host (id, name, kind, enrolled_at)
     select id, name, 'agent', to_timestamp($3 / 1000.0) from unnest($1::uuid[], $2::text[]) as new (id, name)`,
    [DEMO_HOSTS.map((host) => host.id), DEMO_HOSTS.map((host) => host.name), nowMs - 40 * 86_400_000],
  );
}

function groupByHost(events: readonly DemoEvent[]): Map<string, SecurityEvent[]> {
  const byHost = new Map<string, SecurityEvent[]>();
  for (const { host, event } of events) {
    const ofHost = byHost.get(host.id);
    if (ofHost === undefined) byHost.set(host.id, [event]);
    else ofHost.push(event);
  }
  for (const ofHost of byHost.values()) ofHost.sort((a, b) => a.timeMs - b.timeMs);
  return byHost;
}

async function storeHosts(
  connections: Connections,
  places: Geo,
  waiting: Iterator<DemoHost>,
  byHost: ReadonlyMap<string, SecurityEvent[]>,
  nowMs: number,
): Promise<void> {
  for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
    const hostId = next.value.id;
    const events = byHost.get(hostId) ?? [];
    for (let at = 0; at < events.length; at += BATCH_EVENTS) {
      const batch = { hostId, stream: 0, firstSequence: at + 1, tracksBans: true };
      await acceptBatch(
        connections,
        places,
        { ...batch, events: events.slice(at, at + BATCH_EVENTS) },
        nowMs,
      );
    }
  }
}

async function banPermanently(
  connections: Connections,
  places: Geo,
  addresses: readonly string[],
  nowMs: number,
): Promise<void> {
  for (const host of DEMO_HOSTS) {
    const bans = addresses.map((prefix, index) => ({
      prefix,
      sinceMs: nowMs - (index + 1) * 11 * 3_600_000,
      untilMs: null,
    }));
    const enforcers = [{ enforcer: "banwatch" as const, jail: "", bans }];
    await acceptObserved(connections, places, host.id, { version: 1, observedAtMs: nowMs, enforcers }, nowMs);
  }
}

/** As the agents' reports would leave them: all well, but one that has been silent for a while. */
async function writeStatuses({ pool }: Connections, nowMs: number): Promise<void> {
  const { rows } = await pool.query<{ hostId: string; jail: string; bans: number }>(
    `select host_id as "hostId", jail, count(*)::int as bans from ban where enforcer = 'fail2ban' group by 1, 2`,
  );
  const streams = await pool.query<{ hostId: string; events: string }>(
    `select host_id as "hostId", high_water as events from ingest_stream where stream = 0`,
  );
  const seen = DEMO_HOSTS.map((host) => (host.name === SILENT_HOST ? nowMs - SILENT_FOR_MS : nowMs));
  const statuses = DEMO_HOSTS.map((host, index) => {
    const bansByJail = new Map(
      rows.filter((row) => row.hostId === host.id).map((row) => [row.jail, row.bans] as const),
    );
    const events = Number(streams.rows.find((row) => row.hostId === host.id)?.events ?? 0);
    return JSON.stringify(statusOf(host, { events, bansByJail, permanent: PERMANENT_BANS }, seen[index]!));
  });
  await pool.query(
    `update host set status = new.status, last_seen_at = to_timestamp(new.seen_ms / 1000), clock_difference_ms = 0
     from unnest($1::uuid[], $2::jsonb[], $3::float8[]) as new (id, status, seen_ms) where host.id = new.id`,
    [DEMO_HOSTS.map((host) => host.id), statuses, seen],
  );
}
