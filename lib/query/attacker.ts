import type pg from "pg";
import type { Connections } from "../db/client.ts";
import { parsePrefix } from "../event/address.ts";
import { type Lane, laneOf } from "./attacker-lane.ts";
import { type StoryEntry, type StoryEvent, tellStory } from "./attacker-story.ts";
import { type BanDetail, type HostBan, queryBanDetail } from "./ban-detail.ts";
import { countryName } from "./country-names.ts";

const EVENTS_READ = 5_000;
const USERS_SHOWN = 8;
const NEIGHBOURHOOD = { 4: 24, 6: 64 } as const;

/** What one host saw of the address, and what it does with it now. */
export type HostView = {
  hostId: string;
  hostName: string;
  attacks: number;
  lastSeenMs: number | null;
  lastBanMs: number | null;
  lane: Lane;
  bans: HostBan[];
  silentSinceMs: number | null;
};

export type Attacker = {
  address: string;
  /** Null: it never attacked, as far as is stored. */
  known: {
    countryCode: string;
    countryName: string;
    city: string | null;
    asn: number;
    networkName: string | null;
    firstSeenMs: number;
    lastSeenMs: number;
    attacks: number;
    bans: number;
  } | null;
  /** The network around it, and how many other attackers are in it. */
  neighbours: { prefix: string; count: number };
  /** Those that saw or block it. */
  hosts: HostView[];
  /** Hosts that neither saw nor block it. */
  otherHosts: number;
  story: StoryEntry[];
  users: { name: string; attacks: number }[];
  /** True: older events than the newest 5,000 are not in the story. */
  cut: boolean;
  detail: BanDetail;
  asOfMs: number;
};

/** All that is known about one address. Its page reads single events, by the index on their source, newest 5,000. */
export async function queryAttacker(
  connections: Connections,
  address: string,
  nowMs: number,
): Promise<Attacker> {
  const { pool } = connections;
  const [known, events, neighbours, detail] = await Promise.all([
    loadKnown(pool, address),
    loadEvents(pool, address),
    loadNeighbours(pool, address),
    queryBanDetail(connections, address, nowMs),
  ]);
  const hosts = hostViews(events, detail, nowMs);
  const seen = new Set(hosts.map((host) => host.hostId));
  return {
    address,
    known,
    neighbours,
    hosts,
    otherHosts: detail.hosts.filter((host) => !seen.has(host.id)).length,
    story: tellStory(events, nowMs),
    users: triedUsers(events),
    cut: events.length === EVENTS_READ,
    detail,
    asOfMs: nowMs,
  };
}

async function loadKnown(pool: pg.Pool, address: string): Promise<Attacker["known"]> {
  const { rows } = await pool.query<{
    country_code: string;
    city: string | null;
    asn: number;
    network_name: string | null;
    first_seen: Date;
    last_seen: Date;
    attacks: number;
    bans: number;
  }>(
    `select a.country_code, p.city, a.asn::float8 as asn, n.name as network_name, a.first_seen, a.last_seen,
       a.attacks::float8 as attacks, a.bans::float8 as bans
     from attacker a left join place p on p.id = a.place_id left join network n on n.asn = a.asn
     where a.address = $1`,
    [address],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    countryCode: row.country_code,
    countryName: countryName(row.country_code),
    city: row.city,
    asn: row.asn,
    networkName: row.network_name,
    firstSeenMs: row.first_seen.getTime(),
    lastSeenMs: row.last_seen.getTime(),
    attacks: row.attacks,
    bans: row.bans,
  };
}

async function loadEvents(pool: pg.Pool, address: string): Promise<StoryEvent[]> {
  const { rows } = await pool.query<Omit<StoryEvent, "timeMs"> & { time: Date }>(
    `select e.time, e.kind, e.host_id as "hostId", h.name as "hostName", e.count, e.user_name as "userName",
       e.duration_seconds::float8 as "durationSeconds"
     from (select * from event where source_ip = $1 order by time desc limit ${EVENTS_READ}) as e
       join host h on h.id = e.host_id`,
    [address],
  );
  return rows.map(({ time, ...event }) => ({ ...event, timeMs: time.getTime() }));
}

async function loadNeighbours(pool: pg.Pool, address: string): Promise<Attacker["neighbours"]> {
  const parsed = parsePrefix(address);
  const bits = parsed === null ? 0 : Math.min(parsed.bits, NEIGHBOURHOOD[parsed.family]);
  const prefix = parsePrefix(`${address.split("/")[0]}/${bits}`)?.text ?? address;
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int as count from attacker where address <<= $1::inet and address <> $2::inet",
    [prefix, address],
  );
  return { prefix, count: rows[0]?.count ?? 0 };
}

function hostViews(events: readonly StoryEvent[], detail: BanDetail, nowMs: number): HostView[] {
  const names = new Map<string, string>([
    ...events.map((event) => [event.hostId, event.hostName] as const),
    ...detail.bans.map((ban) => [ban.hostId, ban.hostName] as const),
  ]);
  const silent = new Map(detail.hosts.map((host) => [host.id, host]));
  return [...names]
    .map(([hostId, hostName]): HostView => {
      const own = events.filter((event) => event.hostId === hostId);
      const attacks = own.filter((event) => event.kind === "attempt" || event.kind === "blocked");
      const bans = own.filter((event) => event.kind === "ban");
      return {
        hostId,
        hostName,
        attacks: attacks.reduce((sum, event) => sum + event.count, 0),
        lastSeenMs: newest(attacks),
        lastBanMs: newest(bans),
        lane: laneOf(own, nowMs),
        bans: detail.bans.filter((ban) => ban.hostId === hostId),
        silentSinceMs: silent.get(hostId)?.silentSinceMs ?? null,
      };
    })
    .toSorted((a, b) => b.attacks - a.attacks || a.hostName.localeCompare(b.hostName));
}

function newest(events: readonly StoryEvent[]): number | null {
  return events.length === 0 ? null : Math.max(...events.map((event) => event.timeMs));
}

function triedUsers(events: readonly StoryEvent[]): Attacker["users"] {
  const tried = new Map<string, number>();
  for (const event of events) {
    if (event.userName === null || event.kind === "login") continue;
    tried.set(event.userName, (tried.get(event.userName) ?? 0) + event.count);
  }
  return [...tried]
    .map(([name, attacks]) => ({ name, attacks }))
    .toSorted((a, b) => b.attacks - a.attacks)
    .slice(0, USERS_SHOWN);
}
