import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from "jose";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { banPermanently } from "../action/ban-permanently.ts";
import { unban } from "../action/unban.ts";
import { acceptReports } from "../command/accept-reports.ts";
import { action, ban, blockedAddress, command, host, rateLimit, rule } from "../db/schema/index.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { geo } from "../geo/geo.ts";
import { ensureInstance } from "../instance/instance.ts";
import { acceptBatch } from "../ingest/accept-batch.ts";
import { acceptObserved } from "../ingest/accept-observed.ts";
import { createLiveHub, type LiveHub } from "../live/live-hub.ts";
import { hashSecret, JOIN_TOKEN_TTL_MS, joinProof, parseJoinToken } from "../wire/join-token.ts";
import { verifyEnrolment } from "../wire/signed-enrolment.ts";
import { verifyOrder } from "../wire/signed-order.ts";
import { signRequest } from "../wire/signed-request.ts";
import type { Enrol, Observed, Order, Status } from "../wire/wire.ts";
import { acceptStatus } from "./accept-status.ts";
import { authenticateHost } from "./authenticate-host.ts";
import { enrolHost } from "./enrol-host.ts";
import { issueJoinToken } from "./join-tokens.ts";
import { orderStream } from "./order-stream.ts";
import { readSignedBody } from "./read-signed-body.ts";
import { revokeHost } from "./revoke-host.ts";

const ada = { id: "ada", name: "Ada", fromAddress: "198.51.100.7", appHost: null };
const address = "203.0.113.9";
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let hub: LiveHub;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(database, { demo: false });
  hub = createLiveHub(database.url);
});
afterAll(async () => {
  await hub.close();
  await database.close();
});
beforeEach(async () => {
  for (const table of [host, ban, command, rule, rateLimit]) await database.db.delete(table);
});

type AgentKey = { privateKey: CryptoKey; publicKey: Enrol["publicKey"] };

async function agentKey(): Promise<AgentKey> {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { x } = await exportJWK(pair.publicKey);
  return { privateKey: pair.privateKey, publicKey: { kty: "OKP", crv: "Ed25519", x: x! } };
}

async function enrolment(token: string, key: AgentKey, hostName = "web-1"): Promise<Enrol> {
  const { joinId, secret } = parseJoinToken(token)!;
  const proof = await joinProof(hashSecret(secret), key.publicKey);
  return { version: 1, joinId, publicKey: key.publicKey, proof, hostName, agentVersion: "0.1.0" };
}

async function newToken(nowMs = Date.now()): Promise<string> {
  return (await issueJoinToken(database, ada, nowMs)).token;
}

async function newHost(name = "web-1"): Promise<AgentKey & { id: string; name: string }> {
  const [token, key] = [await newToken(), await agentKey()];
  const answer = await enrolHost(database, await enrolment(token, key, name), null, Date.now());
  const { appFingerprint } = parseJoinToken(token)!;
  const enrolled = await verifyEnrolment(answer, { appFingerprint, agentPublicKey: key.publicKey });
  return { ...key, id: enrolled!.hostId, name: enrolled!.hostName };
}

const enrol = (request: Enrol) => enrolHost(database, request, "192.0.2.1", Date.now());

describe("enrolling", () => {
  test("makes a host that the agent can prove to be, and writes it into the log", async () => {
    const made = await newHost("web-1.example.org");
    expect(made.name).toBe("web-1.example.org");
    const [row] = await database.db.select().from(host).where(eq(host.id, made.id));
    expect(row).toMatchObject({ kind: "agent", publicKey: made.publicKey, revokedAt: null });
    const entries = await database.db.select().from(action).where(eq(action.subject, made.name));
    expect(entries).toMatchObject([{ verb: "enrol_host", reason: "with a join token made by Ada" }]);
  });

  test("lets one of two agents in that use one token at the same moment", async () => {
    const token = await newToken();
    const requests = await Promise.all([1, 2, 3].map(async () => enrolment(token, await agentKey())));
    const results = await Promise.allSettled(requests.map(enrol));
    expect(results.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    expect(await database.db.select().from(host)).toHaveLength(1);
  });

  test("gives an agent that lost the answer the same host again", async () => {
    const request = await enrolment(await newToken(), await agentKey());
    await enrol(request);
    await enrol(request);
    expect(await database.db.select().from(host)).toHaveLength(1);
  });

  test("is refused with a token that is unknown, forged for another key, or an hour old", async () => {
    const [token, key] = [await newToken(), await agentKey()];
    const request = await enrolment(token, key);
    const refused = { code: "join_token_invalid" };
    await expect(enrol({ ...request, joinId: "AAAAAAAAAAA" })).rejects.toMatchObject(refused);
    const other = await agentKey();
    await expect(enrol({ ...request, publicKey: other.publicKey })).rejects.toMatchObject(refused);
    const late = enrolHost(database, request, null, Date.now() + JOIN_TOKEN_TTL_MS);
    await expect(late).rejects.toMatchObject(refused);
    await enrol(request);
  });

  test("gives each host a name of its own, fit for a page", async () => {
    const names = [];
    for (const name of ["web", "web", "web", "<b>\u202e"]) names.push((await newHost(name)).name);
    expect(names).toEqual(["web", "web-2", "web-3", "b"]);
  });

  test("is slowed down for an address that tries and tries", async () => {
    const request = await enrolment(await newToken(), await agentKey());
    const codes = [];
    for (let each = 0; each < 25; each += 1) {
      codes.push(await enrol({ ...request, proof: "x" }).catch((error: { code: string }) => error.code));
    }
    expect(new Set(codes)).toEqual(new Set(["join_token_invalid", "too_many"]));
  });
});

describe("a request of a host", () => {
  const url = "http://banwatch.test/api/agent/v1/status?x=1";
  const body = new TextEncoder().encode("{}");
  async function request(of: { id: string; privateKey: CryptoKey }, nowMs = Date.now()): Promise<Request> {
    const signed = { nowMs, method: "POST", path: "/api/agent/v1/status?x=1", body };
    const authorization = await signRequest(of.privateKey, of.id, signed);
    return new Request(url, { method: "POST", headers: { authorization } });
  }
  const check = (of: Request, given = body) =>
    authenticateHost(of, given, { connections: database, nowMs: Date.now() });

  test("is known by the key that signed it", async () => {
    const made = await newHost();
    expect(await check(await request(made))).toEqual({ id: made.id, name: "web-1" });
  });

  test("is refused without a signature, with another's, for another body, and of an unknown host", async () => {
    const [made, other] = [await newHost("a"), await newHost("b")];
    const invalid = { code: "signature_invalid" };
    await expect(check(new Request(url, { method: "POST" }))).rejects.toMatchObject(invalid);
    await expect(check(await request({ ...made, privateKey: other.privateKey }))).rejects.toMatchObject(
      invalid,
    );
    await expect(check(await request(made), new Uint8Array([1]))).rejects.toMatchObject(invalid);
    const unknown = check(await request({ ...made, id: randomUUID() }));
    await expect(unknown).rejects.toMatchObject({ code: "unknown_key" });
  });

  test("with a wrong clock is told the right time, of a removed host is refused", async () => {
    const made = await newHost();
    const skewed = await check(await request(made, Date.now() - 3_600_000)).catch((error: unknown) => error);
    expect(skewed).toMatchObject({ code: "clock_skew", detail: { serverTimeMs: expect.any(Number) } });
    await revokeHost(database, await geo(), ada, made.id, Date.now());
    await expect(check(await request(made))).rejects.toMatchObject({ code: "key_revoked" });
    await expect(revokeHost(database, await geo(), ada, made.id, Date.now())).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("a signed body", () => {
  const url = "http://banwatch.test/api/agent/v1/status";
  async function request(of: { id: string; privateKey: CryptoKey }, body: Uint8Array<ArrayBuffer>) {
    const signed = { nowMs: Date.now(), method: "POST", path: "/api/agent/v1/status", body };
    const authorization = await signRequest(of.privateKey, of.id, signed);
    return new Request(url, { method: "POST", body, headers: { authorization, "content-encoding": "gzip" } });
  }

  test("is unzipped after its signature was checked", async () => {
    const made = await newHost();
    const zipped = new Uint8Array(gzipSync("{}"));
    expect(await readSignedBody(await request(made, zipped), 1000, database)).toMatchObject({ text: "{}" });
    const forged = await request(
      { ...made, privateKey: (await agentKey()).privateKey },
      new Uint8Array([1, 2, 3]),
    );
    await expect(readSignedBody(forged, 1000, database)).rejects.toMatchObject({ code: "signature_invalid" });
    const notZipped = await request(made, new Uint8Array([1, 2, 3]));
    await expect(readSignedBody(notZipped, 1000, database)).rejects.toMatchObject({
      code: "batch_malformed",
    });
  });

  test("of a stranger is not read", async () => {
    const made = await newHost();
    const given = await request({ ...made, id: randomUUID() }, new Uint8Array(10));
    await expect(readSignedBody(given, 1000, database)).rejects.toMatchObject({ code: "unknown_key" });
    expect(given.bodyUsed).toBe(false);
  });

  test("is not read when another key signed, another path is asked, or the time is another", async () => {
    const made = await newHost();
    const body = new Uint8Array(10);
    const signed = { nowMs: Date.now(), method: "POST", path: "/api/agent/v1/status", body };
    const { privateKey } = await agentKey();
    const cases = [
      [privateKey, signed, "signature_invalid"],
      [made.privateKey, { ...signed, path: "/api/agent/v1/observed" }, "signature_invalid"],
      [made.privateKey, { ...signed, method: "GET" }, "signature_invalid"],
      [made.privateKey, { ...signed, nowMs: signed.nowMs - 3_600_000 }, "clock_skew"],
    ] as const;
    for (const [key, claims, code] of cases) {
      const authorization = await signRequest(key, made.id, claims);
      const given = new Request(url, { method: "POST", body, headers: { authorization } });
      await expect(readSignedBody(given, 1000, database)).rejects.toMatchObject({ code });
      expect(given.bodyUsed).toBe(false);
    }
  });

  test("that was not the one signed is refused", async () => {
    const made = await newHost();
    const signed = {
      nowMs: Date.now(),
      method: "POST",
      path: "/api/agent/v1/status",
      body: new Uint8Array(1),
    };
    const authorization = await signRequest(made.privateKey, made.id, signed);
    const given = new Request(url, { method: "POST", body: new Uint8Array(2), headers: { authorization } });
    await expect(readSignedBody(given, 1000, database)).rejects.toMatchObject({ code: "signature_invalid" });
  });
});

test("what a removed host blocked no longer counts as blocked", async () => {
  const made = await newHost();
  const since = new Date();
  await database.db
    .insert(ban)
    .values({ hostId: made.id, address, enforcer: "fail2ban", jail: "sshd", since, untilKnown: false });
  const blocked = {
    address,
    since,
    permanent: false,
    hostCount: 1,
    jail: "sshd",
    enforcer: "fail2ban",
  } as const;
  await database.db.insert(blockedAddress).values({ ...blocked, countryCode: "ZZ", placeId: 0, asn: 0 });
  await revokeHost(database, await geo(), ada, made.id, Date.now());
  expect(await database.db.select().from(ban)).toEqual([]);
  expect(await database.db.select().from(blockedAddress)).toEqual([]);
});

describe("what a removed host had under way", () => {
  const ofHost = (hostId: string) => ({
    hostId,
    stream: 0,
    firstSequence: 1,
    tracksBans: true,
    events: [
      {
        timeMs: Date.now() - 1000,
        kind: "ban" as const,
        source: "fail2ban" as const,
        count: 1,
        sourceIp: address,
        jail: "sshd",
        durationSeconds: -1,
      },
    ],
  });
  const snapshot: Observed = {
    version: 1,
    observedAtMs: Date.now(),
    enforcers: [
      { enforcer: "fail2ban", jail: "sshd", bans: [{ prefix: address, sinceMs: null, untilMs: null }] },
    ],
  };

  test("is refused when it is stored after the removal", async () => {
    const made = await newHost();
    const places = await geo();
    await revokeHost(database, places, ada, made.id, Date.now());
    const refused = { code: "key_revoked" };
    await expect(acceptBatch(database, places, ofHost(made.id))).rejects.toMatchObject(refused);
    await expect(acceptObserved(database, places, made.id, snapshot)).rejects.toMatchObject(refused);
    expect(await database.db.select().from(blockedAddress)).toEqual([]);
  });

  test("is taken back with the rest when it was being stored at that moment", async () => {
    const made = await newHost();
    const places = await geo();
    // Batch and removal both need this lock at their end: who holds it stops the batch before its commit.
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("select pg_advisory_lock(7226803)");
    const waiting = async () => {
      const { rows } = await holder.query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.count;
    };
    const storing = acceptBatch(database, places, ofHost(made.id));
    await expect.poll(waiting).toBe(1);
    let removed = false;
    const removing = revokeHost(database, places, ada, made.id, Date.now()).then(() => (removed = true));
    await expect.poll(async () => removed || (await waiting()) === 2).toBe(true);
    await holder.end();
    await Promise.all([storing, removing]);
    expect(await database.db.select().from(ban)).toEqual([]);
    expect(await database.db.select().from(blockedAddress)).toEqual([]);
  });
});

describe("the status of a host", () => {
  const status: Status = {
    version: 1,
    agentVersion: "0.1.0",
    sentAtMs: 0,
    startedAtMs: 1,
    fail2ban: {
      state: "running",
      version: "1.0.2",
      jails: [{ name: "sshd", currentlyBanned: 1, totalBanned: 2 }],
    },
    firewall: { state: "ready", driver: "nftables", rules: 0 },
    sources: [],
    spool: { events: 0, bytes: 0, lostEvents: 0 },
    guarded: { own: [], gateways: [], resolvers: [] },
    rulesGeneration: 0,
  };

  test("is kept with the difference of the clocks, and told to pages when they would show something else", async () => {
    const made = await newHost();
    const heard: string[] = [];
    const own = createLiveHub(database.url);
    await new Promise<void>((ready) => own.subscribe((message) => void heard.push(message.topic), ready));
    const nowMs = Date.now();
    const said = (given: Partial<Status>, atMs: number) =>
      acceptStatus(database, made.id, { ...status, sentAtMs: atMs + 5000, ...given }, atMs);
    expect(await said({}, nowMs)).toEqual({ serverTimeMs: nowMs });
    await said({ spool: { events: 9, bytes: 9, lostEvents: 0 } }, nowMs + 1000);
    await said({ fail2ban: { state: "stopped", reason: "it is gone" } }, nowMs + 2000);
    await database.pool.query("select pg_notify('banwatch_live', $1)", [
      JSON.stringify({ topic: "bans", hostId: made.id }),
    ]);
    await expect.poll(() => heard.at(-1)).toBe("bans");
    await own.close();
    expect(heard.filter((topic) => topic === "hosts")).toHaveLength(2);
    const [row] = await database.db.select().from(host).where(eq(host.id, made.id));
    expect(row).toMatchObject({ clockDifferenceMs: 5000, lastSeenAt: new Date(nowMs + 2000) });
    expect(row?.status?.fail2ban.state).toBe("stopped");
  });
});

test("a status with text that the database would refuse is taken, cleaned", async () => {
  const made = await newHost();
  const status: Status = {
    version: 1,
    agentVersion: "0.1.0",
    sentAtMs: 0,
    startedAtMs: 1,
    fail2ban: {
      state: "running",
      version: "1.0.2",
      jails: [{ name: "ss\u0000hd\ud800", currentlyBanned: 1, totalBanned: 2 }],
    },
    firewall: { state: "unavailable", reason: "no\u202eft" },
    sources: [],
    spool: { events: 0, bytes: 0, lostEvents: 0 },
    guarded: { own: [], gateways: [], resolvers: [] },
    rulesGeneration: 0,
  };
  await acceptStatus(database, made.id, status, Date.now());
  const [row] = await database.db.select().from(host).where(eq(host.id, made.id));
  expect(row?.status).toMatchObject({
    fail2ban: { jails: [{ name: "ss\ufffdhd\ufffd" }] },
    firewall: { reason: "no\ufffdft" },
  });
});

describe("the stream of orders", () => {
  type Heard = { name: string; data: string };

  /** Reads events as an agent would. */
  function listen(hostId: string, generation: number, on: LiveHub = hub) {
    const from = { connections: database, hub: on, now: Date.now };
    const reader = orderStream(from, hostId, generation).getReader();
    const decoder = new TextDecoder();
    let text = "";
    async function next(): Promise<Heard | null> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end !== -1) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
          if (name !== undefined && data !== undefined) return { name, data };
          continue;
        }
        const { done, value } = await reader.read();
        if (done) return null;
        text += decoder.decode(value, { stream: true });
      }
    }
    async function order(): Promise<Order> {
      const heard = await next();
      const { publicKey } = await ensureInstance(database, { demo: false });
      const key = await importJWK(publicKey, "EdDSA");
      if (heard?.name !== "order" || key instanceof Uint8Array)
        throw new Error(`not an order: ${heard?.name}`);
      return verifyOrder(key, hostId, heard.data, Date.now());
    }
    return { next, order, close: () => reader.cancel() };
  }

  const banOn = (hostId: string, prefix = address) =>
    banPermanently(
      database,
      ada,
      { address: prefix, scope: { kind: "hosts", hostIds: [hostId] } },
      Date.now(),
    );

  test("begins with the time and all rules, and goes on with what is ordered", async () => {
    const made = await newHost();
    const stream = listen(made.id, 0);
    const hello = await stream.next();
    expect(hello?.name).toBe("hello");
    expect(Math.abs(JSON.parse(hello!.data).serverTimeMs - Date.now())).toBeLessThan(5000);
    expect(await stream.order()).toMatchObject({ type: "rules", base: 0, rules: [] });
    await banOn(made.id);
    const told = await stream.order();
    expect(told).toMatchObject({
      type: "rules",
      rules: [{ prefix: address, effect: "deny", removed: false }],
    });
    await database.db.insert(ban).values({
      hostId: made.id,
      address,
      enforcer: "fail2ban",
      jail: "sshd",
      since: new Date(),
      untilKnown: false,
    });
    await unban(database, ada, { address }, Date.now());
    const orders = [await stream.order(), await stream.order()];
    expect(orders).toMatchObject([
      { type: "rules", rules: [{ prefix: address, removed: true }] },
      { type: "command", verb: "unban", prefix: address, jails: ["sshd"] },
    ]);
    await stream.close();
  });

  test("gives a host that was away what is queued for it, again until it reports it as done", async () => {
    const made = await newHost();
    const { actionId } = await banOn(made.id);
    await database.db.insert(ban).values({
      hostId: made.id,
      address: "203.0.113.20",
      enforcer: "fail2ban",
      jail: "sshd",
      since: new Date(),
      untilKnown: false,
    });
    const lifted = await unban(database, ada, { address: "203.0.113.20" }, Date.now());
    let generation = 0;
    for (const each of [1, 2]) {
      const stream = listen(made.id, generation);
      await stream.next();
      const [rules, unbans] = [await stream.order(), await stream.order()];
      expect(rules, `connection ${each}`).toMatchObject({
        rules: [{ prefix: address, commandId: expect.any(String) }],
      });
      expect(unbans).toMatchObject({ type: "command", verb: "unban" });
      generation = rules.type === "rules" ? rules.generation : 0;
      await stream.close();
    }
    const open = await database.db.select().from(command);
    expect(open.map((each) => each.actionId).toSorted()).toEqual([actionId, lifted.actionId].toSorted());
    const reports = open.map(({ id }) => ({ commandId: id, state: "verified" as const, atMs: Date.now() }));
    await acceptReports(database, made.id, reports, Date.now());
    const last = listen(made.id, generation);
    expect((await last.next())?.name).toBe("hello");
    await banOn(made.id, "203.0.113.21");
    expect(await last.order()).toMatchObject({ rules: [{ prefix: "203.0.113.21" }] });
    await last.close();
  });

  test("tells a host nothing of what is for another", async () => {
    const [one, two] = [await newHost("one"), await newHost("two")];
    const stream = listen(one.id, 0);
    await stream.next();
    await stream.order();
    await banOn(two.id, "203.0.113.30");
    await banOn(one.id, "203.0.113.31");
    expect(await stream.order()).toMatchObject({ rules: [{ prefix: "203.0.113.31" }] });
    await stream.close();
  });

  test("ends when the host is removed", async () => {
    const made = await newHost();
    const stream = listen(made.id, 0);
    await stream.next();
    await stream.order();
    await revokeHost(database, await geo(), ada, made.id, Date.now());
    expect(await stream.next()).toMatchObject({ name: "revoked" });
    expect(await stream.next()).toBeNull();
  });

  test("misses nothing when the connection that listens to the database is lost", async () => {
    const made = await newHost();
    const own = createLiveHub(database.url);
    const stream = listen(made.id, 0, own);
    await stream.next();
    await stream.order();
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'banwatch-live' and datname = current_database()`;
    await expect.poll(async () => (await admin.query(kill)).rowCount).toBeGreaterThan(0);
    await banOn(made.id);
    expect(await stream.order()).toMatchObject({ rules: [{ prefix: address }] });
    await admin.end();
    await stream.close();
    await own.close();
  });
});
