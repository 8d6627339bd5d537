import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import type { SecurityEvent } from "../event/event.ts";
import type { Geo, Located } from "../geo/geo.ts";
import { acceptBatch } from "../ingest/accept-batch.ts";
import { type AttackFilter, readAttackFilter } from "./attack-filter.ts";
import { loadCityHour } from "./city-hour.ts";
import { loadMapHours } from "./map-hours.ts";
import { loadOverview } from "./overview.ts";
import { shellCounts } from "./shell-counts.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

const AMSTERDAM: Located = {
  placeId: 1,
  countryCode: "NL",
  city: "Amsterdam",
  latitude: 52.4,
  longitude: 4.9,
  asn: 64500,
  networkName: "Polder Hosting",
};
const CHINA: Located = {
  placeId: 2,
  countryCode: "CN",
  city: null,
  latitude: null,
  longitude: null,
  asn: 4134,
  networkName: "Chinanet",
};
/** 203.0.113.0/24 is in Amsterdam, everything else somewhere in China. */
const GEO: Geo = {
  locate: (address) => (address.startsWith("203.0.113.") ? AMSTERDAM : CHINA),
  attribution: { text: "A test", href: "https://example.org" },
  database: "none",
};

describe("the overview", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  const web = randomUUID();
  const mail = randomUUID();
  let stored = 0;

  const attempt = (agoMs: number, sourceIp: string, more: Partial<SecurityEvent> = {}): SecurityEvent => ({
    timeMs: NOW - agoMs,
    kind: "attempt",
    source: "fail2ban",
    count: 1,
    sourceIp,
    jail: "sshd",
    ...more,
  });
  const store = async (hostId: string, events: SecurityEvent[]) => {
    stored += 1;
    const batch = { hostId, stream: stored, firstSequence: 1, events, tracksBans: true };
    await acceptBatch(database, GEO, batch, NOW);
  };
  const asked = (query = ""): AttackFilter => readAttackFilter(new URLSearchParams(query));
  const overview = (query = "") => loadOverview(database, asked(query), () => NOW);

  beforeAll(async () => {
    database = await createTestDatabase(inject("databaseServerUrl"));
    await database.pool.query(
      `insert into host (id, name, kind, last_seen_at) values ($1, 'web-01', 'agent', $3), ($2, 'mail-01', 'agent', $4)`,
      [web, mail, new Date(NOW), new Date(NOW - 14 * MINUTE)],
    );
    // Four weeks of the same: ten attempts from Amsterdam at this hour of this weekday.
    for (const week of [1, 2, 3, 4]) {
      await store(web, [attempt(week * WEEK + 5 * MINUTE, "203.0.113.5", { count: 10 })]);
    }
    await store(web, [
      attempt(7 * 24 * HOUR * 4 + 60 * 60_000 * 30, "192.0.2.1"),
      attempt(20 * HOUR, "192.0.2.1", { count: 4, userName: "root" }),
      attempt(5 * MINUTE, "203.0.113.5", { count: 60, userName: "root" }),
      attempt(4 * MINUTE, "203.0.113.6", {
        count: 20,
        userName: "admin",
        destinationPort: 22,
        transport: "tcp",
      }),
      attempt(3 * MINUTE, "203.0.113.6", { kind: "ban", durationSeconds: 600 }),
    ]);
    await store(mail, [attempt(2 * MINUTE, "192.0.2.9", { count: 6, jail: "postfix" })]);
  });
  afterAll(() => database.close());

  test("counts attacks by country, network, jail, name and port", async () => {
    const page = await overview();
    const counts = (list: typeof page.countries) => list?.rows.map((row) => [row.key, row.attacks]);
    expect(counts(page.countries)).toEqual([
      ["NL", 80],
      ["CN", 10],
    ]);
    expect(counts(page.networks)).toEqual([
      ["64500", 80],
      ["4134", 10],
    ]);
    expect(counts(page.detectors)).toEqual([
      ["sshd", 84],
      ["postfix", 6],
    ]);
    expect(counts(page.users)).toEqual([
      ["root", 64],
      ["admin", 20],
    ]);
    expect(counts(page.ports)).toEqual([["22/tcp", 20]]);
    expect(page.networkNames).toEqual({ "4134": "Chinanet", "64500": "Polder Hosting" });
    expect(page.distinctAddresses).toBe(4);
  });

  test("sets the last hour against the same hour of four weeks", async () => {
    const { now, cause, countries } = await overview();
    expect(now.usual).toMatchObject({ kind: "known", weeks: 4 });
    expect(now.attacksHour.count).toBe(86);
    expect(now.attacksHour.usual?.median).toBe(10);
    expect(now.bansHour.count).toBe(1);
    expect(now.bansDay.count).toBe(1);
    expect(cause).toEqual({ countryCode: "NL", detector: "sshd" });
    expect(countries?.rows[0]?.excess).toMatchObject({ kind: "factor" });
  });

  test("draws what has a city and says how much has none", async () => {
    const { map } = await overview();
    expect(map.circles.map((circle) => [circle.city, circle.attacks])).toEqual([["Amsterdam", 80]]);
    expect(map).toMatchObject({ attacks: 90, placedAttacks: 80 });
  });

  test("narrows all of it down to a host, a jail, a country or an hour", async () => {
    expect((await overview(`host=${mail}`)).countries?.attacks).toBe(6);
    expect((await overview("jail=postfix")).map.attacks).toBe(6);
    const china = await overview("country=CN");
    expect(china.map.attacks).toBe(10);
    expect(china.users).toBeNull();
    expect(china.timeline.attacks.reduce((sum, count) => sum + count, 0)).toBe(10);
    expect((await overview("hour=2026-11-19T07")).countries?.rows).toMatchObject([{ key: "CN", attacks: 4 }]);
    expect((await overview("hour=nonsense&range=1h")).filter).toMatchObject({ range: "1h", hourMs: null });
  });

  test("puts the attacks in steps of ten minutes over what is usual", async () => {
    const { timeline } = await overview();
    expect(timeline.stepMs).toBe(10 * MINUTE);
    expect(timeline.attacks).toHaveLength(145);
    expect(timeline.attacks.slice(-2)).toEqual([80, 6]);
    expect(timeline.usual).toHaveLength(145);
  });

  test("counts a silent host as not protected and names it", async () => {
    const { protection, blocked } = await overview();
    expect(protection).toMatchObject({ protectedCount: 1, silentCount: 1, worst: { name: "mail-01" } });
    expect(blocked).toEqual({ addresses: 1, permanent: 0 });
    expect(await shellCounts(database.db, NOW)).toEqual({
      hasEvents: true,
      blocked: 1,
      hostsDegraded: 1,
      actionsUnderWay: 0,
    });
  });

  test("does not say that nobody got in when no login is watched, and finds the login that followed failures", async () => {
    expect((await overview()).logins).toEqual({ kind: "not_watched" });
    await store(web, [
      { timeMs: NOW - 2 * MINUTE, kind: "login", source: "sshd", count: 1, sourceIp: "198.51.100.4" },
      {
        timeMs: NOW - MINUTE,
        kind: "login",
        source: "sshd",
        count: 1,
        sourceIp: "203.0.113.6",
        userName: "deploy",
      },
    ]);
    const { logins } = await loadOverview(database, asked("range=6h"), () => NOW);
    expect(logins).toMatchObject({
      kind: "watched",
      logins: 2,
      suspicious: [{ hostName: "web-01", address: "203.0.113.6", userName: "deploy", failures: 20 }],
    });
  });

  test("lists the newest events first, as the live stream names them", async () => {
    const { feed } = await loadOverview(database, asked("range=30d&country=NL"), () => NOW);
    expect(feed.map((item) => [item.kind, item.address, item.hostName])).toContainEqual([
      "ban",
      "203.0.113.6",
      "web-01",
    ]);
    expect(feed.every((item) => item.countryCode === "NL")).toBe(true);
    expect(feed[0]?.key).toMatch(new RegExp(`^${web}:\\d+:\\d+$`));
  });

  test("has a frame for every hour of the map, the last one running", async () => {
    const hours = await loadMapHours(database, asked(), null, () => NOW);
    expect(hours.frames).toHaveLength(169);
    expect(hours.frames.at(-1)).toMatchObject({ attacks: 86, countries: 2, cells: [0, 80] });
    expect(hours.frames.at(-1)?.excess).toEqual({ 0: { kind: "factor", factor: 8 } });
    expect(hours.frames.at(-1)?.usual).not.toBeNull();
    const tail = await loadMapHours(database, asked(), Date.parse("2026-11-20T02:00:00Z"), () => NOW);
    expect(tail.frames).toHaveLength(2);
    expect(tail.places.map((place) => place.city)).toEqual(["Amsterdam"]);
  });

  test("knows what hit which hosts from a city within an hour", async () => {
    const city = await loadCityHour(database, 1, Date.parse("2026-11-20T03:00:00Z"), asked());
    expect(city).toEqual({
      addresses: 2,
      blocked: 1,
      network: { asn: 64500, name: "Polder Hosting" },
      detector: "sshd",
      hostsHit: 1,
    });
  });

  test("gives equal requests at the same time one answer, never an older one", async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => overview("range=7d")));
    expect(second).toBe(third);
    expect(first).not.toBe(second);
  });
});
