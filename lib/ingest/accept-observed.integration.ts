import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { type Geo, geo } from "../geo/geo.ts";
import type { Observed } from "../wire/wire.ts";
import { acceptBatch } from "./accept-batch.ts";
import { acceptObserved } from "./accept-observed.ts";

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let places: Geo;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  places = await geo();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query(
    "truncate event, ingest_stream, ban, blocked_address, attacker, attacker_day, slot_count, place_hour",
  );
});

/** Each snapshot is a little newer than the last; a host's clock may be that far ahead. */
let lastMs = NOW;
const nextMs = () => (lastMs += 1);

type Seen = { prefix: string; sinceMs: number | null; untilMs: number | null };

/** fail2ban's snapshot of all its jails. */
async function observeJails(hostId: string, bansByJail: Record<string, Seen[]>) {
  const enforcers = Object.entries(bansByJail).map(([jail, bans]) => ({
    enforcer: "fail2ban" as const,
    jail,
    bans,
  }));
  await acceptObserved(database, places, hostId, { version: 1, observedAtMs: nextMs(), enforcers }, NOW);
}

/** A snapshot of one jail, which is all that its enforcer has. */
async function observe(
  hostId: string,
  jail: string,
  bans: Seen[],
  enforcer: "fail2ban" | "banwatch" = "fail2ban",
) {
  const observed: Observed = { version: 1, observedAtMs: nextMs(), enforcers: [{ enforcer, jail, bans }] };
  await acceptObserved(database, places, hostId, observed, NOW);
}

async function bansOf(hostId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `select abbrev(address) as address, jail, since, until, until_known as "untilKnown" from ban
     where host_id = $1 order by ban.address, jail`,
    [hostId],
  );
  return rows;
}

async function blocked(): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    "select abbrev(address) as address, host_count, permanent, jail, enforcer, country_code from blocked_address order by blocked_address.address",
  );
  return rows;
}

test("a snapshot replaces the bans of its enforcer: new ones come, absent ones go, others stay", async () => {
  const host = randomUUID();
  const until = NOW + 600_000;
  const stays = { prefix: "198.51.100.1", sinceMs: null, untilMs: null };
  await observe(host, "", [{ ...stays, prefix: "198.51.100.2" }], "banwatch");
  await observeJails(host, {
    postfix: [stays],
    recidive: [stays],
    sshd: [
      { prefix: "8.8.8.8", sinceMs: NOW - 1_000, untilMs: until },
      { prefix: "192.0.2.0/24", sinceMs: null, untilMs: null },
    ],
  });
  await observeJails(host, {
    postfix: [stays],
    sshd: [
      { prefix: "8.8.8.8", sinceMs: NOW - 5, untilMs: until + 1 },
      { prefix: "2001:db8::7", sinceMs: null, untilMs: until },
    ],
  });
  expect(await bansOf(host)).toEqual([
    {
      address: "8.8.8.8",
      jail: "sshd",
      since: new Date(NOW - 1_000),
      until: new Date(until + 1),
      untilKnown: true,
    },
    { address: "198.51.100.1", jail: "postfix", since: new Date(NOW), until: null, untilKnown: true },
    { address: "198.51.100.2", jail: "", since: new Date(NOW), until: null, untilKnown: true },
    { address: "2001:db8::7", jail: "sshd", since: new Date(NOW), until: new Date(until), untilKnown: true },
  ]);
  expect(await blocked()).toEqual([
    {
      address: "8.8.8.8",
      host_count: 1,
      permanent: false,
      jail: "sshd",
      enforcer: "fail2ban",
      country_code: "US",
    },
    {
      address: "198.51.100.1",
      host_count: 1,
      permanent: true,
      jail: "postfix",
      enforcer: "fail2ban",
      country_code: "ZZ",
    },
    {
      address: "198.51.100.2",
      host_count: 1,
      permanent: true,
      jail: "",
      enforcer: "banwatch",
      country_code: "ZZ",
    },
    {
      address: "2001:db8::7",
      host_count: 1,
      permanent: false,
      jail: "sshd",
      enforcer: "fail2ban",
      country_code: "ZZ",
    },
  ]);
});

test("an address that several hosts and enforcers block is one row until the last lets go", async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  const ban = { prefix: "192.0.2.7", sinceMs: NOW - 9_000, untilMs: NOW + 9_000 };
  await observe(one, "sshd", [ban]);
  await observe(two, "", [{ ...ban, sinceMs: NOW - 1_000, untilMs: null }], "banwatch");
  expect(await blocked()).toMatchObject([
    { host_count: 2, permanent: true, jail: "sshd", enforcer: "banwatch" },
  ]);
  await observe(two, "", [], "banwatch");
  expect(await blocked()).toMatchObject([{ host_count: 1, permanent: false, jail: "sshd" }]);
  await observe(one, "sshd", []);
  expect(await blocked()).toEqual([]);
});

test("a snapshot tells the end of a ban that the log did not name", async () => {
  const host = randomUUID();
  await acceptBatch(
    database,
    places,
    {
      hostId: host,
      stream: 0,
      firstSequence: 1,
      events: [
        {
          timeMs: NOW - 9_000,
          kind: "ban",
          source: "fail2ban",
          jail: "sshd",
          count: 1,
          sourceIp: "192.0.2.7",
        },
      ],
      tracksBans: true,
    },
    NOW,
  );
  await observe(host, "sshd", [{ prefix: "192.0.2.7", sinceMs: null, untilMs: NOW + 600_000 }]);
  expect(await bansOf(host)).toMatchObject([
    { since: new Date(NOW - 9_000), until: new Date(NOW + 600_000), untilKnown: true },
  ]);
});

test("a jail whose name the database would refuse is taken, cleaned as it is in events", async () => {
  const host = randomUUID();
  await observe(host, "ss\u0000hd", [{ prefix: "192.0.2.7", sinceMs: null, untilMs: null }]);
  expect(await bansOf(host)).toMatchObject([{ address: "192.0.2.7", jail: "ss\ufffdhd" }]);
});

describe("a snapshot that is late", () => {
  const snapshotAt = (host: string, observedAtMs: number, addresses: string[]) => {
    const bans = addresses.map((prefix) => ({ prefix, sinceMs: null, untilMs: null }));
    const enforcers = [{ enforcer: "fail2ban" as const, jail: "sshd", bans }];
    return acceptObserved(database, places, host, { version: 1, observedAtMs, enforcers }, NOW);
  };

  test("keeps the bans that began after it was made", async () => {
    const host = randomUUID();
    const ban = { kind: "ban", source: "fail2ban", jail: "sshd", count: 1, durationSeconds: 600 } as const;
    const events = [
      { ...ban, timeMs: NOW - 9_000, sourceIp: "192.0.2.1" },
      { ...ban, timeMs: NOW - 1_000, sourceIp: "192.0.2.2" },
      { ...ban, timeMs: NOW - 1_000, sourceIp: "192.0.2.3" },
    ];
    await acceptBatch(
      database,
      places,
      { hostId: host, stream: 0, firstSequence: 1, events, tracksBans: true },
      NOW,
    );
    await snapshotAt(host, NOW - 5_000, ["192.0.2.3"]);
    const until = new Date(NOW - 1_000 + 600_000);
    expect(await bansOf(host)).toMatchObject([
      { address: "192.0.2.2", until },
      { address: "192.0.2.3", until },
    ]);
    await snapshotAt(host, NOW, []);
    expect(await bansOf(host)).toEqual([]);
  });

  test("or sent again changes nothing", async () => {
    const host = randomUUID();
    await snapshotAt(host, NOW - 5_000, ["192.0.2.1"]);
    await snapshotAt(host, NOW, ["192.0.2.2"]);
    await snapshotAt(host, NOW - 5_000, ["192.0.2.1"]);
    await snapshotAt(host, NOW, []);
    expect(await bansOf(host)).toMatchObject([{ address: "192.0.2.2" }]);
  });

  test("by a clock that was set back counts", async () => {
    const host = randomUUID();
    await snapshotAt(host, NOW, ["192.0.2.1"]);
    await snapshotAt(host, NOW - 3_600_000, []);
    expect(await bansOf(host)).toEqual([]);
  });
});

test("hosts that ban and lift one address at the same time lose no update", async () => {
  const hosts = Array.from({ length: 8 }, () => randomUUID());
  const seen = [{ prefix: "192.0.2.9", sinceMs: NOW, untilMs: null }];
  await Promise.all(hosts.map((host) => observeJails(host, { sshd: seen, recidive: seen })));
  expect(await blocked()).toMatchObject([{ host_count: 8 }]);
  await Promise.all(
    hosts.map((host, index) => observeJails(host, { sshd: index % 2 === 0 ? [] : seen, recidive: [] })),
  );
  expect(await blocked()).toMatchObject([{ host_count: 4, jail: "sshd" }]);
});

test("a snapshot of many bans is taken in one go, and costs little when nothing has changed", async () => {
  const host = randomUUID();
  const bans = Array.from({ length: 30_000 }, (_, index) => ({
    prefix: `11.${index >>> 16}.${(index >>> 8) & 255}.${index & 255}`,
    sinceMs: NOW,
    untilMs: null,
  }));
  const count = async () => {
    const { rows } = await database.pool.query("select count(*)::int as count from blocked_address");
    return rows;
  };
  await observe(host, "sshd", bans);
  expect(await count()).toEqual([{ count: 30_000 }]);
  await observe(host, "sshd", bans);
  await observe(host, "sshd", bans.slice(0, 15_000));
  expect(await count()).toEqual([{ count: 15_000 }]);
  await observe(host, "sshd", []);
  expect(await bansOf(host)).toEqual([]);
});
