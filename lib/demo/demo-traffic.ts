import type { SecurityEvent } from "../event/event.ts";
import { DEMO_CITIES, type DemoCity } from "./demo-cities.ts";
import { DEMO_HOSTS, type DemoHost, SILENT_FOR_MS, SILENT_HOST } from "./demo-hosts.ts";
import { choiceOf, createRandom, type Random } from "./random.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HISTORY_DAYS = 28;
/** Attacks in an hour of an average day, without those that lead to a ban. */
const ATTACKS_AN_HOUR = 450;
/** What an address tries before it is banned. */
const FAILURES_BEFORE_BAN = 3;
const BANS_AN_HOUR = 137;
const BANS_IN_THE_LAST_HOUR = 218;
const LIFTED_IN_THE_LAST_HOUR = 171;
const BAN_SECONDS = 86_400;
/** In the last hour, one city adds so many attacks, and so large a share of the bans. */
const SURGE_ATTACKS = 330;
const SURGE_BANS = 0.4;

const NAMES_SELDOM_TRIED = (
  "www info support backup student sysadmin dev demo web operator server uftp zabbix tomcat ansible vagrant samba " +
  "dspace odoo kafka weblogic anna maria john david michael peter daniel alex sara carlos jose lin wang chen"
).split(" ");

const surgeCity = DEMO_CITIES.find((city) => city.city === "Amsterdam")!;
const cities = choiceOf(DEMO_CITIES, (city) => city.weight);
const hosts = choiceOf(DEMO_HOSTS, (host) => host.weight);
const userNames = choiceOf(
  [
    ["root", 312],
    ["admin", 94],
    ["ubuntu", 47],
    ["test", 36],
    ["postgres", 27],
    ["user", 25],
    ["oracle", 21],
    ["git", 18],
    ["deploy", 15],
    ["pi", 13],
    ["mysql", 12],
    ["ftpuser", 11],
    ["hadoop", 9],
    ["jenkins", 8],
    ["guest", 8],
    ["nagios", 6],
    ["steam", 5],
    ["minecraft", 4],
    ["solana", 4],
    ["es", 3],
    ...NAMES_SELDOM_TRIED.map((name) => [name, 8] as const),
  ] as const,
  ([, weight]) => weight,
);
const droppedPorts = choiceOf(
  [
    [3389, "tcp", 21],
    [23, "tcp", 18],
    [445, "tcp", 12],
    [8080, "tcp", 9],
    [5060, "udp", 7],
    [6379, "tcp", 6],
    [1433, "tcp", 5],
    [2375, "tcp", 4],
    [123, "udp", 3],
    [11211, "udp", 2],
  ] as const,
  ([, , weight]) => weight,
);

/** An event with the host that it happened on. */
export type DemoEvent = { host: DemoHost; event: SecurityEvent };

export type DemoTraffic = {
  /** Four weeks of history and a detailed last day that ends in a surge. In no order. */
  history(nowMs: number): DemoEvent[];
  /** What happens from `fromMs` until `toMs` while the demonstration runs. */
  next(fromMs: number, toMs: number): DemoEvent[];
  /** Addresses that are banned without an end. */
  permanentlyBanned(count: number): string[];
};

/** Traffic that looks like a small company's, and is the same for the same seed and time. */
export function createDemoTraffic(seed: number): DemoTraffic {
  const random = createRandom(seed);
  return {
    history: (nowMs) => [
      ...background(random, nowMs),
      ...lastDay(random, nowMs),
      ...surge(random, nowMs),
      ...breakIn(nowMs),
      ...bans(random, nowMs),
      ...logins(random, nowMs),
    ],
    next: (fromMs, toMs) => next(random, fromMs, toMs),
    permanentlyBanned: (count) => {
      const found = new Set<string>();
      while (found.size < count) found.add(addressIn(random, random.pick(cities), BANNED));
      return [...found];
    },
  };
}

/** A day has its rhythm, and no two are alike. */
function rateAt(timeMs: number): number {
  const day = Math.floor(timeMs / DAY_MS);
  const noise = 0.9 + 0.2 * createRandom(day).next();
  return ATTACKS_AN_HOUR * noise * (1 + 0.28 * Math.sin(((timeMs % DAY_MS) / DAY_MS) * 2 * Math.PI - 1.2));
}

/** Old enough to need no detail: several attempts are one event, as an agent would count a flood. */
function* background(random: Random, nowMs: number): Generator<DemoEvent> {
  for (let hour = nowMs - HISTORY_DAYS * DAY_MS; hour < nowMs - DAY_MS; hour += HOUR_MS) {
    for (let left = rateAt(hour); left > 0;) {
      const count = 1 + random.below(7);
      yield attack(random, hour + random.below(HOUR_MS), count, random.pick(cities));
      left -= count;
    }
  }
}

function* lastDay(random: Random, nowMs: number): Generator<DemoEvent> {
  const start = nowMs - DAY_MS;
  for (let slot = start; slot < nowMs; slot += 10 * MINUTE_MS) {
    for (let left = (rateAt(slot) / 6) * (0.85 + 0.3 * random.next()); left > 0;) {
      const count = random.chance(0.15) ? 2 + random.below(3) : 1;
      yield attack(random, slot + random.below(10 * MINUTE_MS), count, random.pick(cities), nowMs);
      left -= count;
    }
  }
}

function* surge(random: Random, nowMs: number): Generator<DemoEvent> {
  for (let left = SURGE_ATTACKS; left > 0; left -= 1) {
    // The square root leans towards now: a surge that grows.
    yield attack(random, nowMs - HOUR_MS + Math.sqrt(random.next()) * HOUR_MS, 1, surgeCity, nowMs, "sshd");
  }
}

/** One success after many failures: what the page must find. */
function* breakIn(nowMs: number): Generator<DemoEvent> {
  const host = DEMO_HOSTS.find((each) => each.name === "mail-01")!;
  const common = {
    source: "sshd",
    count: 1,
    sourceIp: "93.171.65.149",
    destinationPort: 22,
    transport: "tcp",
  } as const;
  for (let attempt = 0; attempt < 212; attempt += 1) {
    const timeMs = nowMs - 31 * MINUTE_MS - (212 - attempt) * 21_000;
    yield {
      host,
      event: { ...common, timeMs, kind: "attempt", userName: attempt % 3 === 0 ? "root" : "deploy" },
    };
  }
  const timeMs = nowMs - 31 * MINUTE_MS;
  yield { host, event: { ...common, timeMs, kind: "login", userName: "deploy", method: "password" } };
}

/** People who work there. */
function* logins(random: Random, nowMs: number): Generator<DemoEvent> {
  for (let timeMs = nowMs - 7 * DAY_MS; timeMs < nowMs - HOUR_MS; timeMs += random.below(3 * HOUR_MS)) {
    const host = random.pick(hosts);
    const userName = random.chance(0.6) ? "deploy" : "mk";
    const common = { source: "sshd", count: 1, destinationPort: 22, transport: "tcp" } as const;
    yield {
      host,
      event: { ...common, timeMs, kind: "login", userName, sourceIp: "87.62.140.210", method: "publickey" },
    };
  }
}

/** Bans last a day, so those of the last day are what is blocked now. */
function* bans(random: Random, nowMs: number): Generator<DemoEvent> {
  for (let hour = nowMs - HISTORY_DAYS * DAY_MS; hour < nowMs - 2 * DAY_MS; hour += HOUR_MS) {
    // Each stands for four addresses, on two hosts each.
    for (let left = BANS_AN_HOUR; left > 0; left -= 4) {
      const ban = banOf(random, hour + random.below(HOUR_MS), addressIn(random, random.pick(cities), BANNED));
      yield failuresBefore(random, ban, 4 * FAILURES_BEFORE_BAN);
      yield { host: ban.host, event: { ...ban.event, count: 8 } };
      yield { host: ban.host, event: { ...unbanOf(ban.event), count: 8 } };
    }
  }
  const blocked = new Set<string>();
  for (let hoursAgo = 48; hoursAgo >= 1; hoursAgo -= 1) {
    const count =
      hoursAgo === 1 ? BANS_IN_THE_LAST_HOUR : hoursAgo === 25 ? LIFTED_IN_THE_LAST_HOUR : BANS_AN_HOUR;
    for (let ban = 0; ban < count; ban += 1) {
      const timeMs = nowMs - hoursAgo * HOUR_MS + random.below(HOUR_MS);
      const city = hoursAgo === 1 && random.chance(SURGE_BANS) ? surgeCity : random.pick(cities);
      yield* banOnHosts(random, timeMs, unusedAddress(random, city, blocked), nowMs);
    }
  }
}

/** An address that troubles one host often troubles more. */
function* banOnHosts(random: Random, timeMs: number, address: string, nowMs: number): Generator<DemoEvent> {
  const hostCount = random.chance(0.7) ? 1 : 2 + random.below(6);
  const onHosts = new Set<DemoHost>();
  for (let number = 0; number < hostCount; number += 1) {
    const ban = banOf(random, Math.min(timeMs + number * 20_000, nowMs), address);
    if (onHosts.has(ban.host) || isSilent(ban.host, ban.event.timeMs, nowMs)) continue;
    if (onHosts.size === 0) yield failuresBefore(random, ban, FAILURES_BEFORE_BAN);
    onHosts.add(ban.host);
    yield ban;
    const unban = unbanOf(ban.event);
    if (unban.timeMs <= nowMs) yield { host: ban.host, event: unban };
  }
}

function unusedAddress(random: Random, city: DemoCity, blocked: Set<string>): string {
  for (;;) {
    const address = addressIn(random, city, BANNED);
    if (blocked.has(address)) continue;
    blocked.add(address);
    return address;
  }
}

function unbanOf(ban: SecurityEvent): SecurityEvent {
  return { ...ban, kind: "unban", timeMs: ban.timeMs + BAN_SECONDS * 1000 };
}

/** What fail2ban counted before it banned. Recidive counts bans, not failures; they were at sshd. */
function failuresBefore(random: Random, { host, event }: DemoEvent, count: number): DemoEvent {
  const jail = event.jail === "recidive" ? "sshd" : event.jail;
  const timeMs = event.timeMs - 2_000 - random.below(20_000);
  return { host, event: failure(random, { timeMs, count, sourceIp: event.sourceIp! }, jail ?? "sshd") };
}

function banOf(random: Random, timeMs: number, sourceIp: string): DemoEvent {
  const host = random.pick(hosts);
  const jail = random.chance(0.05) ? "recidive" : (jailForAttack(random, host) ?? "sshd");
  return {
    host,
    event: {
      timeMs,
      kind: "ban",
      source: "fail2ban",
      count: 1,
      sourceIp,
      jail,
      durationSeconds: BAN_SECONDS,
    },
  };
}

function jailForAttack(random: Random, host: DemoHost): string | null {
  if (host.role === "web" && random.chance(0.2)) return "nginx-bot-search";
  if (host.role === "mail" && random.chance(0.45)) return "postfix-sasl";
  return random.chance(0.08) ? null : "sshd";
}

function attack(
  random: Random,
  timeMs: number,
  count: number,
  city: DemoCity,
  nowMs = timeMs,
  onlyJail?: string,
): DemoEvent {
  let host = random.pick(hosts);
  while (isSilent(host, timeMs, nowMs)) host = random.pick(hosts);
  const jail = onlyJail ?? jailForAttack(random, host);
  // A few addresses do most of it.
  const sourceIp = random.chance(0.004)
    ? `2001:db8:7a1c:44::${(1 + random.below(60)).toString(16)}`
    : addressIn(random, city, ATTACKING);
  const base = { timeMs: Math.floor(timeMs), count, sourceIp };
  if (jail === null) {
    const [destinationPort, transport] = random.pick(droppedPorts);
    return {
      host,
      event: {
        ...base,
        kind: "blocked",
        source: "netfilter",
        destinationPort,
        transport,
        prefix: "drop: ",
        inInterface: "eth0",
      },
    };
  }
  return { host, event: failure(random, base, jail) };
}

function failure(
  random: Random,
  base: Pick<SecurityEvent, "timeMs" | "count" | "sourceIp">,
  jail: string,
): SecurityEvent {
  if (jail === "sshd") {
    const [userName] = random.pick(userNames);
    return { ...base, kind: "attempt", source: "sshd", userName, destinationPort: 22, transport: "tcp" };
  }
  const destinationPort = jail === "postfix-sasl" ? 587 : 443;
  return { ...base, kind: "attempt", source: "fail2ban", jail, destinationPort, transport: "tcp" };
}

const ADDRESSES_A_NETWORK = 254;
/** How much more often the first addresses of a city occur than the last. */
const ATTACKING = 5;
const BANNED = 2.2;

/** Addresses of a city, the first of them far more often than the last. */
function addressIn(random: Random, city: DemoCity, steepness: number): string {
  const total = city.networks.length * ADDRESSES_A_NETWORK;
  const index = Math.floor(total * random.next() ** steepness);
  const network = city.networks[index % city.networks.length]!;
  // 89 has no factor in common with 254, so that neighbours in rank are none in number.
  return `${network}.${1 + ((Math.floor(index / city.networks.length) * 89) % 254)}`;
}

function isSilent(host: DemoHost, timeMs: number, nowMs: number): boolean {
  return host.name === SILENT_HOST && timeMs > nowMs - SILENT_FOR_MS;
}

function next(random: Random, fromMs: number, toMs: number): DemoEvent[] {
  const events: DemoEvent[] = [];
  const hours = (toMs - fromMs) / HOUR_MS;
  const within = () => Math.floor(fromMs + random.next() * (toMs - fromMs));
  for (let left = poisson(random, rateAt(toMs) * hours); left > 0; left -= 1) {
    events.push(attack(random, within(), 1, random.pick(cities), toMs));
  }
  for (let left = poisson(random, SURGE_ATTACKS * hours); left > 0; left -= 1) {
    events.push(attack(random, within(), 1, surgeCity, toMs, "sshd"));
  }
  for (let left = poisson(random, BANS_AN_HOUR * 1.5 * hours); left > 0; left -= 1) {
    const city = random.chance(SURGE_BANS) ? surgeCity : random.pick(cities);
    const ban = banOf(random, toMs, addressIn(random, city, BANNED));
    if (ban.host.name === SILENT_HOST) continue;
    events.push(failuresBefore(random, ban, FAILURES_BEFORE_BAN), ban);
  }
  return events;
}

/** How often something happens that happens `mean` times on average (Knuth's method; for small means). */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
}
