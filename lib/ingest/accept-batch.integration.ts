import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import type { SecurityEvent } from "../event/event.ts";
import { type Geo, geo } from "../geo/geo.ts";
import { acceptBatch } from "./accept-batch.ts";
import { recount } from "./test-recount.ts";

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
    `truncate event, ingest_stream, slot_count, place_hour, network_hour, user_hour, port_hour, attacker, attacker_day,
     ban, blocked_address, host`,
  );
});

async function makeHost(name: string): Promise<string> {
  const id = randomUUID();
  await database.pool.query("insert into host (id, name, kind) values ($1, $2, 'agent')", [id, name]);
  return id;
}

function send(hostId: string, firstSequence: number, events: SecurityEvent[], stream = 0) {
  return acceptBatch(database, places, { hostId, stream, firstSequence, events, tracksBans: true }, NOW);
}

/** Deterministic traffic of all kinds over some weeks, from few enough addresses that hosts share them. */
function traffic(count: number, seed: number): SecurityEvent[] {
  let state = seed;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const jails = ["sshd", "postfix-sasl", "recidive"];
  return Array.from({ length: count }, (_, index): SecurityEvent => {
    const timeMs = NOW - 20 * 86_400_000 + Math.floor((index / count) * 20 * 86_400_000) + random(60_000);
    const sourceIp =
      random(20) === 0
        ? `2001:db8::${random(50).toString(16)}`
        : `185.${random(4)}.${random(5)}.${random(6)}`;
    const jail = jails[random(jails.length)]!;
    switch (random(9)) {
      case 0:
        return {
          timeMs,
          kind: "ban",
          source: "fail2ban",
          count: 1,
          sourceIp,
          jail,
          durationSeconds: 86_400_000,
        };
      case 1:
        return { timeMs, kind: "unban", source: "fail2ban", count: 1, sourceIp, jail };
      case 2:
        return { timeMs, kind: "restore", source: "fail2ban", count: 1, sourceIp, jail };
      case 3:
        return {
          timeMs,
          kind: "blocked",
          source: "netfilter",
          count: 1 + random(50),
          sourceIp,
          destinationPort: 1 + random(5),
          transport: random(2) === 0 ? "tcp" : "udp",
        };
      case 4:
        return random(20) === 0
          ? { timeMs, kind: "flush", source: "fail2ban", count: 1, jail }
          : { timeMs, kind: "lifecycle", source: "fail2ban", count: 1, jail };
      case 5:
        return { timeMs, kind: "scan", source: "psad", count: 1, sourceIp };
      case 6:
        return { timeMs, kind: "attempt", source: "sshd", count: 1, sourceIp, userName: `user${random(8)}` };
      case 7:
        return random(2) === 0
          ? { timeMs, kind: "attempt", source: "sshd", count: 1, userName: "root" }
          : { timeMs, kind: "login", source: "sshd", count: 1, sourceIp, userName: "alice" };
      default:
        return { timeMs, kind: "attempt", source: "fail2ban", count: 1, sourceIp, jail };
    }
  });
}

async function expectRollupsToMatch(): Promise<void> {
  for (const [table, { stored, counted }] of Object.entries(await recount(database.pool, places))) {
    expect(stored.length, table).toBeGreaterThan(0);
    expect(stored, table).toEqual(counted);
  }
}

async function storedEvents(): Promise<number> {
  const { rows } = await database.pool.query<{ count: string }>("select count(*) from event");
  return Number(rows[0]!.count);
}

async function bansOf(hostId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `select host(address) as address, jail, since, until, until_known as "untilKnown" from ban
     where host_id = $1 order by address, jail`,
    [hostId],
  );
  return rows;
}

describe("a batch", () => {
  test("is stored with every rollup, across the weeks that it spans", async () => {
    const host = await makeHost("web-01");
    const events = traffic(3_000, 1);
    await expect(send(host, 1, events)).resolves.toEqual({ highWater: 3_000, stored: 3_000 });
    expect(await storedEvents()).toBe(3_000);
    await expectRollupsToMatch();
  });

  test("keeps every field of an event", async () => {
    const host = await makeHost("web-01");
    const event: SecurityEvent = {
      timeMs: NOW - 1_234,
      kind: "blocked",
      source: "netfilter",
      count: 7,
      sourceIp: "2001:db8::7",
      sourcePort: 65_535,
      destinationIp: "198.51.100.9",
      destinationPort: 0,
      transport: "tcp",
      userName: "Jürgen\u0000\u202e",
      method: "password",
      jail: "sshd",
      prefix: "[DROP] ",
      inInterface: "eth0",
      durationSeconds: -1,
      reason: "why",
    };
    await send(host, 1, [event]);
    const { rows } = await database.pool.query("select *, time = $1 as same_time from event", [
      new Date(NOW - 1_234),
    ]);
    expect(rows[0]).toMatchObject({
      host_id: host,
      stream: "0",
      sequence: "1",
      same_time: true,
      kind: "blocked",
      source: "netfilter",
      count: 7,
      source_ip: "2001:db8::7",
      source_port: 65_535,
      destination_ip: "198.51.100.9",
      destination_port: 0,
      transport: "tcp",
      user_name: "Jürgen\ufffd\ufffd",
      method: "password",
      jail: "sshd",
      prefix: "[DROP] ",
      in_interface: "eth0",
      duration_seconds: "-1",
      reason: "why",
    });
  });

  test("that repeats what is stored changes nothing and says how far the host is", async () => {
    const host = await makeHost("web-01");
    const events = traffic(50, 2);
    await send(host, 1, events);
    const before = await recount(database.pool, places);
    await expect(send(host, 1, events)).rejects.toMatchObject({
      code: "batch_repeated",
      detail: { highWater: 50 },
    });
    expect(await recount(database.pool, places)).toEqual(before);
  });

  test("that overlaps what is stored adds only what is newer", async () => {
    const host = await makeHost("web-01");
    const events = traffic(100, 3);
    await send(host, 1, events.slice(0, 60));
    await expect(send(host, 31, events.slice(30))).resolves.toEqual({ highWater: 100, stored: 40 });
    expect(await storedEvents()).toBe(100);
    await expectRollupsToMatch();
  });

  test("after a gap is refused and changes nothing", async () => {
    const host = await makeHost("web-01");
    const events = traffic(100, 4);
    await send(host, 1, events.slice(0, 10));
    await expect(send(host, 12, events.slice(11))).rejects.toMatchObject({
      code: "sequence_gap",
      detail: { highWater: 10 },
    });
    expect(await storedEvents()).toBe(10);
  });

  test("from a clock that is ahead is stored at the app's time", async () => {
    const host = await makeHost("web-01");
    const ahead: SecurityEvent = {
      timeMs: NOW + 3_600_000,
      kind: "attempt",
      source: "sshd",
      count: 1,
      sourceIp: "192.0.2.1",
    };
    await send(host, 1, [ahead, { ...ahead, timeMs: NOW + 60_000 }]);
    const { rows } = await database.pool.query<{ time: Date }>("select time from event order by sequence");
    expect(rows.map((row) => row.time.getTime())).toEqual([NOW, NOW + 60_000]);
  });

  test("of the oldest time and of a whole network is stored like any other", async () => {
    const host = await makeHost("web-01");
    await send(host, 1, [
      { timeMs: 0, kind: "attempt", source: "sshd", count: 1, sourceIp: "192.0.2.0/24" },
      { timeMs: NOW, kind: "attempt", source: "sshd", count: 1, sourceIp: "2001:db8::/48" },
    ]);
    const { rows } = await database.pool.query(
      "select address::text, first_seen, attacks from attacker order by address",
    );
    expect(rows).toEqual([
      { address: "192.0.2.0/24", first_seen: new Date(0), attacks: "1" },
      { address: "2001:db8::/48", first_seen: new Date(NOW), attacks: "1" },
    ]);
  });

  test("of a broken clock makes few partitions, and its events are found by their time", async () => {
    const host = await makeHost("web-01");
    const week = 7 * 86_400_000;
    const events = Array.from({ length: 2_900 }, (_, index): SecurityEvent => {
      const timeMs = NOW - index * week;
      return { timeMs, kind: "attempt", source: "fail2ban", count: 1, sourceIp: "5.6.7.8", jail: "sshd" };
    });
    await expect(send(host, 1, events)).resolves.toEqual({ highWater: 2_900, stored: 2_900 });
    const { rows } = await database.pool.query<{ count: number }>(
      "select count(*)::int as count from pg_inherits where inhparent = 'event'::regclass",
    );
    expect(rows[0]!.count).toBeLessThan(200);
    for (const at of [0, 100, 156, 157, 158, 2_899]) {
      const found = await database.pool.query(
        "select from event where time >= $1::timestamptz and time < $1::timestamptz + interval '7 days'",
        [new Date(NOW - at * week)],
      );
      expect(found.rowCount, String(at)).toBe(1);
    }
    const { rows: attackers } = await database.pool.query("select attacks from attacker");
    expect(attackers).toEqual([{ attacks: "2900" }]);
  });

  test("with text that the database would refuse, or hold for the same, is stored", async () => {
    const host = await makeHost("web-01");
    const attempt = { timeMs: NOW, kind: "attempt", source: "sshd", count: 1 } as const;
    await send(host, 1, [
      { ...attempt, userName: "\ud800" },
      { ...attempt, userName: "\ud801" },
      { ...attempt, userName: "\u0000" },
    ]);
    const { rows } = await database.pool.query("select user_name, attacks from user_hour");
    expect(rows).toEqual([{ user_name: "\ufffd", attacks: "3" }]);
  });

  test("is told to the pages, with its newest events first, when it is stored", async () => {
    const host = await makeHost("web-01");
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    await listener.query("listen banwatch_live");
    const told = new Promise<string | undefined>((resolve) => {
      listener.once("notification", (message) => resolve(message.payload));
    });
    const attempt: SecurityEvent = {
      timeMs: NOW - 5_000,
      kind: "attempt",
      source: "fail2ban",
      jail: "sshd",
      count: 1,
      sourceIp: "8.8.8.8",
    };
    await send(host, 1, [
      attempt,
      { ...attempt, timeMs: NOW - 1_000 },
      { ...attempt, timeMs: NOW - 86_400_000 },
    ]);
    expect(JSON.parse((await told) ?? "")).toMatchObject({
      topic: "events",
      hostId: host,
      attacks: 3,
      feed: [
        { key: `${host}:0:2`, hostName: "web-01", countryCode: "US", detector: "sshd" },
        { key: `${host}:0:1` },
      ],
    });
    await listener.end();
  });
});

describe("bans", () => {
  const ban: SecurityEvent = {
    timeMs: NOW - 60_000,
    kind: "ban",
    source: "fail2ban",
    jail: "sshd",
    count: 1,
    sourceIp: "192.0.2.7",
  };

  test("last one in the batch wins, and an end is known only when the log names it", async () => {
    const host = await makeHost("web-01");
    await send(host, 1, [
      ban,
      { ...ban, kind: "unban" },
      { ...ban, timeMs: NOW - 30_000, durationSeconds: 600 },
      { ...ban, jail: "recidive", durationSeconds: -1 },
      { ...ban, jail: "postfix" },
      { ...ban, jail: "nginx" },
      { ...ban, jail: "nginx", kind: "unban" },
    ]);
    const address = "192.0.2.7";
    const since = new Date(NOW - 60_000);
    expect(await bansOf(host)).toEqual([
      { address, jail: "postfix", since, until: null, untilKnown: false },
      { address, jail: "recidive", since, until: null, untilKnown: true },
      {
        address,
        jail: "sshd",
        since: new Date(NOW - 30_000),
        until: new Date(NOW + 570_000),
        untilKnown: true,
      },
    ]);
    await send(host, 8, [
      { ...ban, kind: "unban", jail: "postfix" },
      { ...ban, kind: "unban", jail: "sshd" },
    ]);
    const { rows } = await database.pool.query("select permanent, host_count, jail from blocked_address");
    expect(rows).toEqual([{ permanent: true, host_count: 1, jail: "recidive" }]);
  });

  test("a restored ban keeps its beginning and is neither a ban nor an attack", async () => {
    const host = await makeHost("web-01");
    await send(host, 1, [ban]);
    await send(host, 2, [{ ...ban, kind: "restore", timeMs: NOW }]);
    expect(await bansOf(host)).toMatchObject([{ since: new Date(NOW - 60_000) }]);
    const { rows } = await database.pool.query("select attacks, bans, last_seen from attacker");
    expect(rows).toEqual([{ attacks: "0", bans: "1", last_seen: new Date(NOW - 60_000) }]);
  });

  test("a flush lifts the bans of its jail on its host alone", async () => {
    const [one, two] = [await makeHost("web-01"), await makeHost("web-02")];
    await send(one, 1, [ban, { ...ban, jail: "recidive" }]);
    await send(two, 1, [ban]);
    await send(one, 3, [{ timeMs: NOW, kind: "flush", source: "fail2ban", jail: "sshd", count: 1 }]);
    expect(await bansOf(one)).toMatchObject([{ jail: "recidive" }]);
    expect(await bansOf(two)).toMatchObject([{ jail: "sshd" }]);
    const { rows } = await database.pool.query("select host_count from blocked_address");
    expect(rows).toEqual([{ host_count: 2 }]);
  });

  test("an imported file changes none", async () => {
    const host = await makeHost("imported");
    await acceptBatch(
      database,
      places,
      { hostId: host, stream: 9, firstSequence: 1, events: [ban], tracksBans: false },
      NOW,
    );
    expect(await bansOf(host)).toEqual([]);
  });
});

describe("exactly once", () => {
  /** As an agent does: sends again from where the app says it is, until all is stored. */
  async function deliver(hostId: string, events: SecurityEvent[], size: number): Promise<number> {
    let failures = 0;
    for (let at = 0; at < events.length;) {
      try {
        at = (await send(hostId, at + 1, events.slice(at, at + size))).highWater;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if ("code" in error && error.code === "batch_repeated" && "detail" in error) {
          at = (error.detail as { highWater: number }).highWater;
        } else failures += 1;
        if (failures > 10_000) throw error;
      }
    }
    return failures;
  }

  test("hosts that share attackers send at once while their connections are killed", async () => {
    const hosts = await Promise.all(["web-01", "web-02", "mail-01"].map(makeHost));
    const killer = new pg.Client({ connectionString: database.url });
    await killer.connect();
    let killed = 0;
    const delivering = new AbortController();
    const killing = (async () => {
      while (!delivering.signal.aborted) {
        const { rowCount } = await killer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'banwatch-ingest' and state <> 'idle'
             and random() < 0.05`,
        );
        killed += rowCount ?? 0;
      }
    })();
    const failures = await Promise.all(
      hosts.map((host, index) => deliver(host, traffic(4_000, index + 10), 150)),
    );
    delivering.abort();
    await killing;
    await killer.end();
    expect(killed).toBeGreaterThan(3);
    expect(failures.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    expect(await storedEvents()).toBe(12_000);
    await expectRollupsToMatch();
  });

  test("one host's batch that arrives on many connections at once is stored once", async () => {
    const host = await makeHost("web-01");
    const events = traffic(500, 20);
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => send(host, 1, events)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(await storedEvents()).toBe(500);
    await expectRollupsToMatch();
  });
});
