import { isPublic, parsePrefix, type Prefix } from "../event/address.ts";
import { readCityRecord } from "./city-record.ts";
import { type Databases, findDatabases } from "./find-databases.ts";
import { type Geo, type Located, UNKNOWN, UNKNOWN_COUNTRY } from "./located.ts";
import { type Mmdb, openMmdb } from "./mmdb.ts";
import { type Network, readNetworkTable } from "./network-table.ts";
import { placeIdOf } from "./place-id.ts";

export type { Geo, Located } from "./located.ts";

/** Attacks come from few addresses again and again; so many answers are kept. */
const CACHE_ENTRIES = 50_000;

/**
 * Places addresses; the databases are read at first use, once a process. It is kept on `globalThis` because the
 * framework may load this module more than once in a process.
 */
export function geo(): Promise<Geo> {
  const holder = globalThis as typeof globalThis & { banwatchGeo?: Promise<Geo> };
  holder.banwatchGeo ??= openGeo(findDatabases(process.env)).catch((error: unknown) => {
    delete holder.banwatchGeo;
    throw error;
  });
  return holder.banwatchGeo;
}

/** Throws when a file is missing or isn't what its name says. */
export async function openGeo(databases: Databases): Promise<Geo> {
  return databases.kind === "maxmind" ? openMaxMind(databases) : openDbIp(databases);
}

type NetworkOf = (address: string, family: 4 | 6) => Network | null;

async function openMaxMind(databases: Extract<Databases, { kind: "maxmind" }>): Promise<Geo> {
  const cities = await openMmdb([databases.city]);
  const networks = databases.asn === null ? null : await openMmdb([databases.asn]);
  return {
    locate: locator(cities, (address, family) => readNetworkRecord(networks?.get(address, family))),
    attribution: {
      text: "This product includes GeoLite2 Data created by MaxMind, available from https://www.maxmind.com",
      href: "https://www.maxmind.com",
    },
    database: `GeoLite2-City of ${day(cities.builtAt)}${networks === null ? ", without GeoLite2-ASN" : ""}`,
  };
}

async function openDbIp(databases: Extract<Databases, { kind: "dbip" }>): Promise<Geo> {
  const [cities, networks] = await Promise.all([
    openMmdb(databases.cities),
    readNetworkTable(databases.asnIpv4, databases.asnIpv6),
  ]);
  return {
    locate: locator(cities, (address, family) => networks.find(address, family)),
    attribution: {
      text: "IP Geolocation by DB-IP (networks: RouteViews, NRO and DB-IP; CC BY 4.0)",
      href: "https://db-ip.com",
    },
    database: `DB-IP City Lite of ${day(cities.builtAt)}`,
  };
}

function locator(cities: Mmdb, networkOf: NetworkOf): (address: string) => Located {
  const cache = new Map<string, Located>();
  return (address) => {
    const known = cache.get(address);
    if (known !== undefined) return known;
    const located = locate(address, cities, networkOf);
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(address, located);
    return located;
  };
}

function locate(text: string, cities: Mmdb, networkOf: NetworkOf): Located {
  const prefix = parsePrefix(text);
  if (prefix === null || (mayBeSpecial(prefix) && !isPublic(prefix))) return UNKNOWN;
  const address = prefix.text.split("/")[0]!;
  const city = readCityRecord(cities.get(address, prefix.family));
  const network = networkOf(address, prefix.family);
  return {
    placeId: city === null ? 0 : placeIdOf(city.countryCode, city.region, city.city ?? ""),
    countryCode: city?.countryCode ?? UNKNOWN_COUNTRY,
    city: city?.city ?? null,
    latitude: city?.latitude ?? null,
    longitude: city?.longitude ?? null,
    asn: network?.asn ?? 0,
    networkName: network?.name ?? null,
  };
}

const FIRST_OCTETS_WITH_SPECIAL_RANGES = new Set([0, 10, 100, 127, 169, 172, 192]);

/** False for what certainly isn't a private or special address; asking `isPublic` of each costs a lot in an import. */
function mayBeSpecial({ text, family, bits }: Prefix): boolean {
  if (family === 6) return text.startsWith(":") || text.startsWith("f") || bits < 16;
  const firstOctet = Number.parseInt(text, 10);
  return firstOctet >= 224 || FIRST_OCTETS_WITH_SPECIAL_RANGES.has(firstOctet) || bits < 8;
}

function readNetworkRecord(record: unknown): Network | null {
  if (typeof record !== "object" || record === null || !("autonomous_system_number" in record)) return null;
  const asn = record.autonomous_system_number;
  if (typeof asn !== "number") return null;
  const name = "autonomous_system_organization" in record ? record.autonomous_system_organization : null;
  return { asn, name: typeof name === "string" ? name : null };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
