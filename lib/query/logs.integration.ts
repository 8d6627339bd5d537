import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { queryActions, readActionsRequest } from "./actions.ts";
import { queryAttacker } from "./attacker.ts";
import { queryBanDetail } from "./ban-detail.ts";
import { queryFeed, readFeedRequest } from "./feed.ts";
import { queryHosts } from "./hosts.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");
const MINUTE = 60_000;
const web = randomUUID();
const mail = randomUUID();
const imported = randomUUID();
const revoked = randomUUID();

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  await database.pool.query(
    `insert into host (id, name, kind, last_seen_at, revoked_at, clock_difference_ms) values
     ($1, 'web-01', 'agent', $5, null, -70000), ($2, 'mail-01', 'agent', $6, null, 0),
     ($3, 'old logs', 'import', null, null, null), ($4, 'gone', 'agent', $6, $6, 0)`,
    [web, mail, imported, revoked, new Date(NOW), new Date(NOW - 14 * MINUTE)],
  );
});
afterAll(() => database.close());

async function act(of: {
  minutesAgo: number;
  verb?: string;
  states?: Record<string, string>;
  undoes?: string;
}) {
  const id = randomUUID();
  const at = new Date(NOW - of.minutesAgo * MINUTE);
  await database.pool.query(
    `insert into action (id, at, actor_name, verb, address, undoes, reason) values ($1, $2, 'Mara', $3, '192.0.2.1', $4, 'noise')`,
    [id, at, of.verb ?? "unban", of.undoes ?? null],
  );
  for (const [host, state] of Object.entries(of.states ?? {})) {
    await database.pool.query(
      `insert into command (host_id, id, action_id, verb, address, jails, state, queued_at, delivered_at, verified_at, evidence)
       values ($1, $2, $3, 'unban', '192.0.2.1', '["sshd"]', $4, $5, $5, $6, $7)`,
      [
        host,
        randomUUID(),
        id,
        state,
        at,
        state === "verified" ? new Date(at.getTime() + 400) : null,
        JSON.stringify(["192.0.2.1 is not in the set"]),
      ],
    );
  }
  return id;
}

describe("the log of actions", () => {
  test("tells who did what, how far each host is, and what took it back", async () => {
    const first = await act({ minutesAgo: 5, states: { [web]: "verified", [mail]: "queued" } });
    const second = await act({ minutesAgo: 4, verb: "undo", undoes: first, states: { [web]: "verified" } });
    const { actions } = await queryActions(database, readActionsRequest(new URLSearchParams()), NOW);
    expect(actions.map((action) => action.id)).toEqual([second, first]);
    expect(actions[1]).toMatchObject({
      actorName: "Mara",
      reason: "noise",
      undoneBy: second,
      hostCount: 2,
      counts: { verified: 1, queued: 1 },
      completedAtMs: null,
    });
    expect(actions[1]?.commands).toMatchObject([
      { hostName: "mail-01", state: "queued" },
      { hostName: "web-01", state: "verified", evidence: ["192.0.2.1 is not in the set"] },
    ]);
    expect(actions[0]).toMatchObject({ undoes: first, completedAtMs: NOW - 4 * MINUTE + 400 });
  });

  test("is paged without a gap, also where many happened at once", async () => {
    for (let count = 0; count < 120; count += 1) await act({ minutesAgo: 60, verb: "sign_in" });
    const seen = new Set<string>();
    let after: string | null = null;
    let pages = 0;
    do {
      const page = await queryActions(database, { verb: null, only: null, after }, NOW);
      for (const action of page.actions) {
        expect(seen.has(action.id)).toBe(false);
        seen.add(action.id);
      }
      after = page.next;
      pages += 1;
    } while (after !== null);
    expect([seen.size, pages]).toEqual([122, 3]);
    const only = await queryActions(database, readActionsRequest(new URLSearchParams("verb=undo")), NOW);
    expect(only.actions).toHaveLength(1);
  });
});

describe("one address", () => {
  test("has its bans, actions and rules, and says whose host is silent", async () => {
    await database.pool.query(
      `insert into ban values ($1, '192.0.2.1', 'fail2ban', 'sshd', $3, $4, true), ($2, '192.0.2.1', 'banwatch', '', $3, null, true)`,
      [web, mail, new Date(NOW - MINUTE), new Date(NOW + MINUTE)],
    );
    await database.pool.query(
      `insert into rule (id, effect, prefix, generation, action_id) values ($1, 'deny', '192.0.2.0/24', 1, $2)`,
      [randomUUID(), randomUUID()],
    );
    const detail = await queryBanDetail(database, "192.0.2.1", NOW);
    expect(detail.bans).toMatchObject([
      { hostName: "mail-01", enforcer: "banwatch", untilMs: null, silentSinceMs: NOW - 14 * MINUTE },
      { hostName: "web-01", jail: "sshd", untilMs: NOW + MINUTE, silentSinceMs: null },
    ]);
    expect(detail.rules).toMatchObject([{ prefix: "192.0.2.0/24", effect: "deny", hostName: null }]);
    expect(detail.hosts.map((host) => host.name)).toEqual(["mail-01", "web-01"]);
    expect(detail.actions.length).toBeGreaterThan(0);
  });

  test("that nobody ever saw is empty, not an error", async () => {
    const detail = await queryBanDetail(database, "2001:db8::9", NOW);
    expect(detail).toMatchObject({ bans: [], actions: [], rules: [] });
  });
});

describe("the hosts", () => {
  test("come with the silent ones first, then those with problems, imports and revoked ones last", async () => {
    const { hosts } = await queryHosts(database, NOW);
    expect(hosts.map((host) => host.name)).toEqual(["mail-01", "web-01", "old logs", "gone"]);
    expect(hosts[0]).toMatchObject({ silent: true, waitingCommands: 1, problems: [{ kind: "silent" }] });
    expect(hosts[1]?.problems).toEqual([]);
    expect(hosts[2]).toMatchObject({ silent: false, problems: [] });
  });
});

describe("the feed", () => {
  beforeAll(async () => {
    await database.pool.query(
      `create table event_test partition of event for values from ('2026-11-16') to ('2026-11-23')`,
    );
    await database.pool.query(
      `insert into event (host_id, stream, sequence, time, kind, source, count, source_ip, jail, user_name)
       select case when n % 2 = 0 then $1::uuid else $2::uuid end, 0, n, $3::timestamptz - n * interval '1 second',
         (case when n % 10 = 0 then 'ban' else 'attempt' end)::event_kind, 'fail2ban', 1,
         '198.51.100.0'::inet + n % 200, 'sshd', 'root'
       from generate_series(1, 1000) as n`,
      [web, mail, new Date(NOW)],
    );
    await database.pool.query(
      `insert into event (host_id, stream, sequence, time, kind, source, count) values ($1, 0, 2000, $2, 'lifecycle', 'fail2ban', 1)`,
      [web, new Date(NOW - 8 * 24 * 60 * MINUTE + 5 * 24 * 60 * MINUTE)],
    );
  });
  const rows = async (query: string) =>
    (await queryFeed(database, readFeedRequest(new URLSearchParams(query)), NOW)).rows;

  test("has the newest 200 events, newest first", async () => {
    const all = await rows("");
    expect(all).toHaveLength(200);
    expect(all[0]).toMatchObject({
      timeMs: NOW - 1000,
      kind: "attempt",
      hostName: "mail-01",
      userName: "root",
    });
    expect(all.map((row) => row.timeMs)).toEqual(all.map((row) => row.timeMs).toSorted((a, b) => b - a));
    expect(new Set(all.map((row) => row.key)).size).toBe(200);
  });

  test("is filtered by kind, host and network", async () => {
    expect((await rows("kinds=ban,unban")).every((row) => row.kind === "ban")).toBe(true);
    expect((await rows(`host=${web}`)).every((row) => row.hostName === "web-01")).toBe(true);
    expect(await rows("q=198.51.100.7")).toHaveLength(5);
    expect(await rows("q=198.51.100.0/30")).toHaveLength(20);
    expect(await rows("kinds=lifecycle")).toMatchObject([{ address: null }]);
    expect(await rows("kinds=nonsense")).toHaveLength(200);
  });
});

describe("the story of an address", () => {
  test("says what each host saw and does, who was tried, and who else is near", async () => {
    await database.pool.query(
      `insert into attacker (address, place_id, country_code, asn, first_seen, last_seen, attacks, bans) values
       ('198.51.100.7', 0, 'NL', 0, $1, $1, 5, 0), ('198.51.100.8', 0, 'NL', 0, $1, $1, 5, 0), ('198.51.101.1', 0, 'NL', 0, $1, $1, 5, 0)`,
      [new Date(NOW - MINUTE)],
    );
    await database.pool.query(
      `insert into ban values ($1, '198.51.100.7', 'fail2ban', 'sshd', $2, null, false)`,
      [mail, new Date(NOW)],
    );
    const story = await queryAttacker(database, "198.51.100.7", NOW);
    expect(story.known).toMatchObject({ countryName: "Netherlands", attacks: 5 });
    expect(story.neighbours).toEqual({ prefix: "198.51.100.0/24", count: 1 });
    expect(story.hosts).toMatchObject([
      { hostName: "mail-01", attacks: 5, silentSinceMs: NOW - 14 * MINUTE, bans: [{ jail: "sshd" }] },
    ]);
    expect(story.otherHosts).toBe(1);
    expect(story.users).toEqual([{ name: "root", attacks: 5 }]);
    // Four after three o'clock and one before it.
    expect(story.story).toMatchObject([
      { kind: "attacks", attacks: 4, hostNames: ["mail-01"] },
      { kind: "attacks", attacks: 1 },
    ]);
  });

  test("of one that nobody saw is empty", async () => {
    const story = await queryAttacker(database, "2001:db8::9", NOW);
    expect(story).toMatchObject({ known: null, hosts: [], story: [], otherHosts: 2, cut: false });
  });
});
