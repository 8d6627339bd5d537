import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { acceptReports } from "../command/accept-reports.ts";
import { takeBack } from "../command/enqueue.ts";
import { expireCommands } from "../command/expire.ts";
import { commandsDue } from "../command/commands-due.ts";
import { COMMAND_TTL_MS, TAKEN_BACK } from "../command/state.ts";
import { action, ban, command, host, rule } from "../db/schema/index.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { inTransaction } from "../db/transaction.ts";
import { ensureInstance } from "../instance/instance.ts";
import { rulesSince } from "../rule/rules-since.ts";
import type { Report } from "../wire/wire.ts";
import { banPermanently } from "./ban-permanently.ts";
import { undo } from "./undo.ts";
import { unban } from "./unban.ts";

const address = "203.0.113.9";
const ada = { id: "ada", name: "Ada", fromAddress: "198.51.100.7", appHost: "banwatch.test:3000" };
const now = Date.now();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let web: string;
let mail: string;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(database, { demo: false });
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of [host, ban, command, rule]) await database.db.delete(table);
  web = await addHost("web-1");
  mail = await addHost("mail-1");
});

async function addHost(name: string): Promise<string> {
  const id = randomUUID();
  await database.db.insert(host).values({ id, name, kind: "agent" });
  return id;
}

async function banIn(hostId: string, jail: string, sinceMs = now - 60_000): Promise<void> {
  await database.db.insert(ban).values({
    hostId,
    address,
    enforcer: "fail2ban",
    jail,
    since: new Date(sinceMs),
    until: null,
    untilKnown: false,
  });
}

async function report(hostId: string, commandId: string, state: Report["state"], atMs = now): Promise<void> {
  await acceptReports(database, hostId, [{ commandId, state, atMs, detail: "said the host" }], Date.now());
}

/** `verb state` of each command of an action, with its host's name. */
async function stateOf(actionId: string): Promise<string[]> {
  const rows = await database.db
    .select({ verb: command.verb, state: command.state, name: host.name })
    .from(command)
    .innerJoin(host, eq(host.id, command.hostId))
    .where(eq(command.actionId, actionId));
  return rows.map((row) => `${row.name}: ${row.verb} ${row.state}`).toSorted();
}

async function commandOf(actionId: string, hostId: string) {
  const where = and(eq(command.actionId, actionId), eq(command.hostId, hostId));
  const [found] = await database.db.select().from(command).where(where);
  return found!;
}

const liveRules = () => database.db.select().from(rule).where(isNull(rule.removedAt));
const banOn = (hostIds: string[]) =>
  banPermanently(database, ada, { address, scope: { kind: "hosts", hostIds } }, now);
const banEverywhere = () => banPermanently(database, ada, { address, scope: { kind: "all" } }, now);

describe("unban", () => {
  test("goes to every host that blocks the address, with the jails that it sits in", async () => {
    await banIn(web, "sshd");
    await banIn(web, "recidive");
    const { actionId } = await unban(database, ada, { address, reason: "a customer\u0000" }, now);
    expect(await stateOf(actionId)).toEqual(["web-1: unban queued"]);
    expect((await commandOf(actionId, web)).jails.toSorted()).toEqual(["recidive", "sshd"]);
    const [entry] = await database.db.select().from(action).where(eq(action.id, actionId));
    expect(entry).toMatchObject({
      verb: "unban",
      address,
      actorName: "Ada",
      subject: "web-1",
      reason: "a customer",
    });
    const due = await commandsDue(database, web, now);
    expect(due.map((each) => each.order.verb)).toEqual(["unban"]);
    expect(await commandsDue(database, mail, now)).toEqual([]);
  });

  test("goes only to the hosts that were chosen", async () => {
    await banIn(web, "sshd");
    await banIn(mail, "sshd");
    const { actionId } = await unban(database, ada, { address, hostIds: [mail] }, now);
    expect(await stateOf(actionId)).toEqual(["mail-1: unban queued"]);
  });

  test("also lifts the rule for just this address, and says when a wider one stays", async () => {
    await banOn([web]);
    await banPermanently(database, ada, { address: "203.0.113.0/24", scope: { kind: "all" } }, now);
    const { actionId, note } = await unban(database, ada, { address }, now);
    expect(await stateOf(actionId)).toEqual(["web-1: lift queued"]);
    expect(note).toContain("203.0.113.0/24");
    expect((await liveRules()).map((each) => each.prefix)).toEqual(["203.0.113.0/24"]);
  });

  test("turns a rule for every host into one for each that keeps it", async () => {
    const banned = await banEverywhere();
    await report(mail, (await commandOf(banned.actionId, mail)).id, "verified");
    const before = (await rulesSince(database, mail, 0, { repeatOpen: true })).generation;
    const { actionId } = await unban(database, ada, { address, hostIds: [web] }, now);
    expect(await stateOf(actionId)).toEqual(["web-1: lift queued"]);
    expect(await liveRules()).toMatchObject([{ hostId: mail, prefix: address, actionId: banned.actionId }]);
    const news = await rulesSince(database, mail, before, { repeatOpen: false });
    expect(news.rules.map((each) => each.removed)).toEqual(expect.arrayContaining([true, false]));
    expect((await rulesSince(database, web, 0, { repeatOpen: false })).rules).toEqual([]);
  });

  test("is refused when nothing blocks the address, and is one action for two clicks", async () => {
    await expect(unban(database, ada, { address }, now)).rejects.toMatchObject({ code: "conflict" });
    await banIn(web, "sshd");
    const [one, two] = await Promise.all([
      unban(database, ada, { address }, now),
      unban(database, ada, { address }, now),
    ]);
    expect(one.actionId).toBe(two.actionId);
    expect(await database.db.select().from(command)).toHaveLength(1);
  });
});

describe("ban permanently", () => {
  test("makes a rule and a command for each chosen host, or one rule for all there are and will be", async () => {
    const one = await banOn([web]);
    expect(await stateOf(one.actionId)).toEqual(["web-1: deny queued"]);
    expect(await liveRules()).toMatchObject([{ hostId: web, until: null }]);
    const all = await banPermanently(database, ada, { address: "203.0.113.10", scope: { kind: "all" } }, now);
    expect(await stateOf(all.actionId)).toEqual(["mail-1: deny queued", "web-1: deny queued"]);
    const late = await addHost("late-1");
    const { rules, base } = await rulesSince(database, late, 0, { repeatOpen: true });
    expect(base).toBe(0);
    expect(rules).toMatchObject([{ prefix: "203.0.113.10", removed: false }]);
    expect(rules[0]).not.toHaveProperty("commandId");
  });

  test("is done once, however often it is asked for", async () => {
    const [one, two] = await Promise.all([banOn([web]), banOn([web])]);
    expect(one.actionId).toBe(two.actionId);
    expect([one.note, two.note].filter((note) => note !== null)).toHaveLength(1);
    const more = await banOn([web, mail]);
    expect(await stateOf(more.actionId)).toEqual(["mail-1: deny queued"]);
    expect(more.note).toContain("web-1");
  });

  test.each([
    ["127.0.0.1", "loopback"],
    ["nonsense", "neither"],
    ["198.51.100.7", "browsing from"],
    ["198.51.0.0/16", "browsing from"],
  ])("refuses %s", async (given, why) => {
    const banned = banPermanently(database, ada, { address: given, scope: { kind: "all" } }, now);
    await expect(banned).rejects.toMatchObject({
      code: "not_bannable",
      message: expect.stringContaining(why),
    });
    expect(await liveRules()).toEqual([]);
  });

  test("refuses what a host says is its gateway", async () => {
    const guarded = { own: [], gateways: [address], resolvers: [] };
    await database.pool.query("update host set status = $1", [JSON.stringify({ guarded })]);
    await expect(banOn([web])).rejects.toMatchObject({ code: "not_bannable", message: /gateway of/ });
  });

  test("refuses a host that isn't there", async () => {
    await expect(banOn([randomUUID()])).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("undo", () => {
  test("of a permanent ban lifts it, of that undo bans again", async () => {
    const banned = await banEverywhere();
    await report(web, (await commandOf(banned.actionId, web)).id, "verified");
    const undone = await undo(database, ada, banned.actionId, now);
    expect(await stateOf(undone.actionId)).toEqual(["mail-1: lift queued", "web-1: lift queued"]);
    expect(await liveRules()).toEqual([]);
    expect(await stateOf(banned.actionId)).toEqual(["mail-1: deny failed", "web-1: deny verified"]);
    expect((await commandOf(banned.actionId, mail)).detail).toBe(TAKEN_BACK);
    const redone = await undo(database, ada, undone.actionId, now);
    expect(await stateOf(redone.actionId)).toEqual(["mail-1: deny queued", "web-1: deny queued"]);
    expect(await liveRules()).toMatchObject([{ hostId: null, prefix: address }]);
  });

  test("of an unban puts the address back into its jails and under its rule", async () => {
    await banIn(web, "sshd");
    await banOn([web]);
    const lifted = await unban(database, ada, { address }, now);
    const undone = await undo(database, ada, lifted.actionId, now);
    expect(await stateOf(undone.actionId)).toEqual(["web-1: deny queued", "web-1: reban queued"]);
    expect(await liveRules()).toMatchObject([{ hostId: web }]);
    expect(await stateOf(lifted.actionId)).toEqual(["web-1: lift failed", "web-1: unban failed"]);
    const redone = await undo(database, ada, undone.actionId, now);
    expect(await stateOf(redone.actionId)).toEqual(["web-1: lift queued", "web-1: unban queued"]);
  });

  test("restores on one host only what was lifted there", async () => {
    await banEverywhere();
    const lifted = await unban(database, ada, { address, hostIds: [web] }, now);
    await undo(database, ada, lifted.actionId, now);
    expect(new Set((await liveRules()).map((each) => each.hostId))).toEqual(new Set([web, mail]));
  });

  test("happens once, also when two people click at the same moment", async () => {
    const banned = await banOn([web]);
    const tries = [1, 2, 3].map(() => undo(database, ada, banned.actionId, now));
    const results = await Promise.allSettled(tries);
    expect(results.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    await expect(undo(database, ada, banned.actionId, now)).rejects.toMatchObject({
      code: "conflict",
      message: "Ada has undone this already.",
    });
  });

  test("says so when the state has changed since", async () => {
    const banned = await banOn([web]);
    await unban(database, ada, { address }, now);
    await expect(undo(database, ada, banned.actionId, now)).rejects.toMatchObject({ code: "conflict" });
    await banIn(mail, "sshd");
    const lifted = await unban(database, ada, { address }, now);
    await database.db.delete(ban);
    await banIn(mail, "sshd", now + 5_000);
    await expect(undo(database, ada, lifted.actionId, now)).rejects.toMatchObject({ code: "conflict" });
  });

  test("doesn't ban what may not be banned by now", async () => {
    await banIn(web, "sshd");
    const lifted = await unban(database, ada, { address }, now);
    const fromThere = { ...ada, fromAddress: address };
    await expect(undo(database, fromThere, lifted.actionId, now)).rejects.toMatchObject({
      code: "not_bannable",
    });
    const banned = await banOn([web]);
    const undone = await undo(database, fromThere, banned.actionId, now);
    expect(await stateOf(undone.actionId)).toEqual(["web-1: lift queued"]);
  });
});

describe("a command", () => {
  test("goes queued, delivered, applied, verified, with the host's evidence", async () => {
    await banIn(web, "sshd");
    const { actionId } = await unban(database, ada, { address }, now - 5000);
    const { id } = await commandOf(actionId, web);
    const reports: Report[] = [
      { commandId: id, state: "delivered", atMs: now - 3000 },
      { commandId: id, state: "applied", atMs: now - 2000 },
      { commandId: id, state: "verified", atMs: now - 1000, evidence: ["sshd: not banned\u001b[31m"] },
    ];
    await acceptReports(database, web, reports, now);
    expect(await commandOf(actionId, web)).toMatchObject({
      state: "verified",
      deliveredAt: new Date(now - 3000),
      appliedAt: new Date(now - 2000),
      verifiedAt: new Date(now - 1000),
      evidence: ["sshd: not banned [31m"],
    });
    expect(await commandsDue(database, web, now)).toEqual([]);
  });

  test("ignores reports that are repeated, out of order, unknown, or of another host", async () => {
    await banIn(web, "sshd");
    const { actionId } = await unban(database, ada, { address }, now);
    const { id } = await commandOf(actionId, web);
    await report(mail, id, "verified");
    await report(web, randomUUID(), "verified");
    expect(await stateOf(actionId)).toEqual(["web-1: unban queued"]);
    await report(web, id, "verified");
    for (const state of ["delivered", "applied", "failed", "drifted"] as const) await report(web, id, state);
    expect(await stateOf(actionId)).toEqual(["web-1: unban verified"]);
  });

  test("has the host's time, but never before the click nor in the future", async () => {
    await banIn(web, "sshd");
    const { actionId } = await unban(database, ada, { address }, now - 1000);
    const { id } = await commandOf(actionId, web);
    await report(web, id, "delivered", 0);
    expect((await commandOf(actionId, web)).deliveredAt).toEqual(new Date(now - 1000));
    await report(web, id, "applied", now - 500);
    expect((await commandOf(actionId, web)).appliedAt).toEqual(new Date(now - 500));
    await report(web, id, "verified", now + 3_600_000);
    expect((await commandOf(actionId, web)).verifiedAt!.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test("is taken back in the order in which reports move it, so that neither waits for the other for ever", async () => {
    const actionId = randomUUID();
    const [low, high] = ["00000000-0000-4000-8000-000000000001", "ffffffff-0000-4000-8000-000000000001"];
    for (const id of [high, low]) {
      const common = { id, actionId, hostId: web, address, jails: [], queuedAt: new Date(now) };
      await database.db.insert(command).values({ ...common, verb: "unban", state: "queued" });
    }
    const reporting = new pg.Client({ connectionString: database.url });
    await reporting.connect();
    await reporting.query("begin");
    await reporting.query("select from command where id = $1 for update", [low]);
    const takingBack = inTransaction(database, (transaction) =>
      takeBack(transaction, eq(command.actionId, actionId), now),
    );
    await expect
      .poll(async () => {
        const { rows } = await database.pool.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length;
      })
      .toBe(1);
    await reporting.query("select from command where id = $1 for update nowait", [high]);
    await reporting.query("commit");
    await reporting.end();
    await takingBack;
    expect(await stateOf(actionId)).toEqual(["web-1: unban failed", "web-1: unban failed"]);
  });

  test("that no host takes within the hour expires, unless it follows a rule", async () => {
    await banIn(web, "sshd");
    const lifted = await unban(database, ada, { address }, now);
    const banned = await banOn([mail]);
    const later = now + COMMAND_TTL_MS + 1;
    expect(await commandsDue(database, web, later)).toEqual([]);
    await expireCommands(database, later);
    expect(await stateOf(lifted.actionId)).toEqual(["web-1: unban expired"]);
    expect(await stateOf(banned.actionId)).toEqual(["mail-1: deny queued"]);
    await expect(undo(database, ada, lifted.actionId, later)).rejects.toMatchObject({ code: "conflict" });
  });

  test("that follows a rule comes back from drift and failure", async () => {
    const { actionId } = await banOn([web]);
    const { id } = await commandOf(actionId, web);
    for (const state of ["failed", "verified", "drifted", "verified"] as const) {
      await report(web, id, state);
      expect(await stateOf(actionId)).toEqual([`web-1: deny ${state}`]);
    }
  });
});

describe("generations of rules", () => {
  test("are committed in their order, however many change rules at once", async () => {
    const start = (await rulesSince(database, web, 0, { repeatOpen: false })).generation;
    const prefixes = Array.from({ length: 20 }, (_, each) => `203.0.113.${each + 100}`);
    let held = start;
    const seen = new Set<string>();
    let isDone = false;
    const bans = Promise.all(
      prefixes.map((prefix) =>
        banPermanently(database, ada, { address: prefix, scope: { kind: "hosts", hostIds: [web] } }, now),
      ),
    ).finally(() => (isDone = true));
    for (let last = false; ; last = isDone) {
      const news = await rulesSince(database, web, held, { repeatOpen: false });
      for (const each of news.rules) seen.add(each.prefix);
      held = news.generation;
      if (last) break;
    }
    await bans;
    expect([...seen].toSorted()).toEqual(prefixes.toSorted());
    expect(held).toBe(start + prefixes.length);
  });

  test("an agent that names a generation which was never given out gets everything", async () => {
    await banOn([web]);
    const told = await rulesSince(database, web, 1_000_000, { repeatOpen: false });
    expect(told.base).toBe(0);
    expect(told.rules).toHaveLength(1);
  });

  test("what was told but not reported as done is told again on a new connection", async () => {
    const { actionId } = await banOn([web]);
    const { generation } = await rulesSince(database, web, 0, { repeatOpen: false });
    const again = await rulesSince(database, web, generation, { repeatOpen: true });
    const { id } = await commandOf(actionId, web);
    expect(again.rules).toMatchObject([{ commandId: id, prefix: address }]);
    expect(again.base).toBe(generation);
    await report(web, id, "verified");
    expect((await rulesSince(database, web, generation, { repeatOpen: true })).rules).toEqual([]);
  });
});

test("in a demonstration nothing acts on a host", async () => {
  const demo = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(demo, { demo: true });
  const refused = { code: "demo" };
  await expect(unban(demo, ada, { address }, now)).rejects.toMatchObject(refused);
  await expect(banPermanently(demo, ada, { address, scope: { kind: "all" } }, now)).rejects.toMatchObject(
    refused,
  );
  await expect(undo(demo, ada, randomUUID(), now)).rejects.toMatchObject(refused);
  await demo.close();
});
