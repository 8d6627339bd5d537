import type pg from "pg";
import type { Connections } from "../db/client.ts";
import type { FeedItem } from "../live/live-message.ts";
import { type AttackFilter, shownWindow } from "./attack-filter.ts";
import { type AttackTimeline, attackTimeline } from "./attack-timeline.ts";
import { type AttacksNow, attacksNow } from "./attacks-now.ts";
import { countryNames } from "./country-names.ts";
import { filterChoices } from "./filter-choices.ts";
import { geoAttribution, type GeoAttribution } from "./geo-attribution.ts";
import { type HostProtection, hostProtection } from "./host-protection.ts";
import { freshAnswers } from "./fresh-answers.ts";
import { type LoginAnswer, loginsAfterFailures } from "./logins-after-failures.ts";
import { type MapCircles, mapCircles } from "./map-circles.ts";
import { networkNames } from "./network-names.ts";
import { type RankedList, rankedList } from "./ranked-list.ts";
import { recentEvents } from "./recent-events.ts";

export type Overview = {
  asOfMs: number;
  filter: AttackFilter;
  logins: LoginAnswer;
  now: AttacksNow;
  /** Where the attacks above usual of the last hour come from; null when usual is not known. */
  cause: { countryCode: string | null; detector: string | null } | null;
  protection: HostProtection;
  blocked: { addresses: number; permanent: number };
  timeline: AttackTimeline;
  map: MapCircles;
  /** Null: the filter can't tell (addresses are not kept by host and jail). */
  distinctAddresses: number | null;
  countries: RankedList | null;
  /** English names of the codes that are named above and below. */
  countryNames: Record<string, string>;
  networks: RankedList | null;
  networkNames: Record<string, string>;
  detectors: RankedList | null;
  /** Null: not kept by country. */
  users: RankedList | null;
  ports: RankedList | null;
  feed: FeedItem[];
  /** Choices of the filter row. */
  hosts: { id: string; name: string }[];
  jails: string[];
  /** Whose data places the addresses; null while it is being read after a start. */
  geo: GeoAttribution | null;
};

const COALESCE_MS = 500;
const COUNTRIES = 10;
const OTHERS = 5;
const FEED_ROWS = 20;

/** Everything on the Overview. Equal requests within half a second get one answer, which is never older than they are. */
export function loadOverview(
  connections: Connections,
  filter: AttackFilter,
  now: () => number,
  /** `page`: an answer of just now will do, as the page asks again once it is alive. */
  asker: "page" | "query" = "query",
): Promise<Overview> {
  const key = `overview ${JSON.stringify(filter)} ${connections.pool.options.connectionString}`;
  const read = () => readOverview(connections.pool, filter, now());
  return asker === "page"
    ? freshAnswers().recent(key, COALESCE_MS, read)
    : freshAnswers().get(key, COALESCE_MS, read);
}

async function readOverview(pool: pg.Pool, filter: AttackFilter, nowMs: number): Promise<Overview> {
  const now = await attacksNow(pool, filter, nowMs);
  const window = shownWindow(filter, nowMs);
  const list = (dimension: Parameters<typeof rankedList>[1], limit: number) =>
    rankedList(pool, dimension, filter, window, now.usual, limit);
  const [countries, networks, detectors, users, ports, map, timeline, logins, protection, blocked] =
    await Promise.all([
      list("country", COUNTRIES),
      list("network", OTHERS),
      list("detector", OTHERS),
      list("user", OTHERS),
      list("port", OTHERS),
      mapCircles(pool, filter, window, now.usual),
      attackTimeline(pool, filter, now.usual, nowMs),
      loginsAfterFailures(pool, filter, nowMs),
      hostProtection(pool, nowMs),
      blockedNow(pool),
    ]);
  const [cause, names, distinctAddresses, feed, choices, located] = await Promise.all([
    causeOfExcess(pool, filter, now, nowMs),
    networkNames(pool, networks?.rows.map((row) => row.key) ?? []),
    countAddresses(pool, filter, window.startMs),
    recentEvents(pool, filter, FEED_ROWS, nowMs),
    filterChoices(pool, nowMs),
    geoAttribution(),
  ]);
  return {
    asOfMs: nowMs,
    filter,
    logins,
    now,
    cause,
    protection,
    blocked,
    timeline,
    map,
    distinctAddresses,
    countries,
    networks,
    countryNames: countryNames([
      ...(countries?.rows.map((row) => row.key) ?? []),
      ...map.circles.map((circle) => circle.countryCode),
      ...[cause?.countryCode, filter.country].filter((code) => typeof code === "string"),
    ]),
    networkNames: names,
    detectors,
    users,
    ports,
    feed,
    ...choices,
    geo: located,
  };
}

async function blockedNow(pool: pg.Pool): Promise<Overview["blocked"]> {
  const { rows } = await pool.query<Overview["blocked"]>(
    `select count(*)::float8 as addresses, (count(*) filter (where permanent))::float8 as permanent
     from blocked_address`,
  );
  return rows[0] ?? { addresses: 0, permanent: 0 };
}

/** Which country and jail have the largest part of what the last hour has above its usual. */
async function causeOfExcess(
  pool: pg.Pool,
  filter: AttackFilter,
  now: AttacksNow,
  nowMs: number,
): Promise<Overview["cause"]> {
  const { usual, count } = now.attacksHour;
  if (usual === null || count <= usual.high) return null;
  const lastHour: AttackFilter = { ...filter, range: "1h", hourMs: null };
  const window = shownWindow(lastHour, nowMs);
  const [country, detector] = await Promise.all([
    rankedList(pool, "country", lastHour, window, now.usual, 1),
    rankedList(pool, "detector", lastHour, window, now.usual, 1),
  ]);
  return {
    countryCode: country?.largestExcess?.key ?? null,
    detector: detector?.largestExcess?.key ?? null,
  };
}

/** Addresses that attacked since then; exact for a range that ends now. */
async function countAddresses(pool: pg.Pool, filter: AttackFilter, startMs: number): Promise<number | null> {
  if (filter.hourMs !== null || filter.host !== null || filter.jail !== null) return null;
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::float8 as count from attacker
     where last_seen >= $1 and attacks > 0 and ($2::text is null or country_code = $2)`,
    [new Date(startMs), filter.country],
  );
  return rows[0]?.count ?? 0;
}
