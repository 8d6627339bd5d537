import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, type Page, test } from "@playwright/test";
import pg from "pg";
import { createRandom, type Random } from "../lib/demo/random.ts";
import { makeJoinToken } from "./stack/connect-host.ts";
import { live } from "./stack/find.ts";
import { type Failure, GrowingLog } from "./stack/growing-log.ts";
import { createAdmin } from "./stack/people.ts";
import { until } from "./stack/protected-host.ts";
import { World } from "./stack/world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SLOT_MS = 600_000;
/** The failures begin that long ago, so that their sums lie in many hours and in two days. */
const BEGIN_MS = Math.floor((Date.now() - 26 * HOUR_MS) / 1000) * 1000;
const STEP_MS = 7_000;
const LAST = "2001:db8::ffff";

/** Who is killed, in this order. `database` also kills the app, which is started again as a person would. */
const VICTIMS = ["agent", "app", "agent", "database", "agent", "app", "agent", "database", "app", "agent"];

/**
 * A host's log grows and is rotated while the agent, the app and its database are killed again and again at moments
 * that nobody chose. Afterwards each line is one event, and each sum is what was written.
 */
test("every line is stored once, whoever is killed whenever", async () => {
  test.setTimeout(300_000);
  const seed = Number(process.env.BANWATCH_TEST_SEED ?? Math.floor(Math.random() * 1e9));
  console.log(`The kills follow from BANWATCH_TEST_SEED=${seed}.`);
  const random = createRandom(seed);
  const world = await World.create();
  try {
    const token = await world.app.start();
    const page = await world.browser.newPage();
    await createAdmin(page, world.origin, token!);
    const log = new GrowingLog(join(world.host.logFolder, "fail2ban.log"));
    world.startAgent("--server", world.server, "--join", await makeJoinToken(page));
    await until("the host is enrolled", async () => (await query(world, "select from host")).length === 1);
    await page.goto(`${world.origin}/hosts`);
    await grow(world, log, random, page);
    log.write([{ address: LAST, timeMs: nextTime(log) }]);
    await until("the last line is stored", () => isStored(world, LAST), 60_000);
    await expectNothingWaiting(world);
    await compare(world, log.written);
  } finally {
    await world.remove();
  }
});

/** Kills one after the other while the log grows. */
async function grow(world: World, log: GrowingLog, random: Random, page: Page): Promise<void> {
  const burst = (): void => {
    const failures: Failure[] = [];
    const size = random.below(120) + 1;
    const from = nextTime(log);
    for (let index = 0; index < size; index += 1) {
      failures.push({ address: anAddress(random), timeMs: from + index * STEP_MS });
    }
    log.write(failures, random.next());
  };
  // The moments of the kills are what is random here: these pauses wait for nothing.
  const writeForAMoment = async (): Promise<void> => {
    for (let left = random.next() * 900; left > 0;) {
      burst();
      const gap = random.next() * 150;
      await pause(gap);
      left -= gap;
    }
  };
  const restartAgent = async (): Promise<void> => {
    await world.killAgent("SIGKILL");
    if (random.chance(0.5)) log.rotateByRename();
    burst();
    world.startAgent();
  };
  for (const [index, victim] of VICTIMS.entries()) {
    await writeForAMoment();
    if (victim === "agent") {
      await restartAgent();
      continue;
    }
    if (victim === "database") {
      process.kill(world.app.databasePid, "SIGKILL");
      await writeForAMoment();
    }
    await world.app.stop("SIGKILL");
    const started = world.app.start();
    await writeForAMoment();
    if (random.chance(0.6)) await restartAgent();
    else log.rotateByRename();
    await started;
    if (index === VICTIMS.length / 2) {
      log.finishLine();
      await until("all is read", async () => (await countStored(world)) >= log.written.length, 60_000);
      log.rotateByCopy();
      burst();
    }
  }
  log.finishLine();
  // The page that was open all the time has found its way back.
  await expect(live(page)).toBeVisible({ timeout: 30_000 });
}

function nextTime(log: GrowingLog): number {
  return BEGIN_MS + log.written.length * STEP_MS;
}

function anAddress(random: Random): string {
  const number = random.below(254) + 1;
  const kind = random.next();
  if (kind < 0.4) return `203.0.113.${number}`;
  if (kind < 0.8) return `198.51.100.${number}`;
  return `2001:db8::${number.toString(16)}`;
}

async function query<Row extends pg.QueryResultRow>(world: World, text: string, values: unknown[] = []) {
  const client = new pg.Client({
    host: join(world.folder, "data/run"),
    user: "banwatch",
    database: "banwatch",
  });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function isStored(world: World, address: string): Promise<boolean> {
  const rows = await query(world, "select from event where source_ip = $1", [address]);
  return rows.length > 0;
}

async function countStored(world: World): Promise<number> {
  const [row] = await query<{ count: string }>(
    world,
    "select coalesce(sum(count), 0)::text as count from event",
  );
  return Number(row!.count);
}

async function expectNothingWaiting(world: World): Promise<void> {
  await until("the agent says that nothing waits and nothing was lost", async () => {
    const [row] = await query<{ waiting: number; lost: number }>(
      world,
      `select (status->'spool'->>'events')::int as waiting, (status->'spool'->>'lostEvents')::int as lost from host`,
    );
    return row!.waiting === 0 && row!.lost === 0;
  });
}

async function compare(world: World, written: readonly Failure[]): Promise<void> {
  const [numbers] = await query(
    world,
    `select count(*)::int as events, count(distinct sequence)::int as sequences, min(sequence)::int as first,
       max(sequence)::int as last, (select high_water::int from ingest_stream) as "highWater",
       count(distinct (host_id, stream))::int as streams, count(*) filter (where kind <> 'attempt')::int as other
     from event`,
  );
  const last = numbers!.last as number;
  const gapless = { events: last, sequences: last, first: 1, last, highWater: last, streams: 1, other: 0 };
  expect(numbers, "each sequence number once, without a gap").toEqual(gapless);

  const byAddress = sumsBy(written, ({ address }) => address);
  const sums = async (text: string) => sumsOf(await query<Sum>(world, text));
  expect(await sums("select host(source_ip) as key, sum(count)::int as count from event group by 1")).toEqual(
    byAddress,
  );
  expect(await sums("select host(address) as key, attacks::int as count from attacker")).toEqual(byAddress);
  expect(
    await sums(
      "select host(address) || ' ' || day as key, sum(attacks)::int as count from attacker_day group by 1",
    ),
  ).toEqual(sumsBy(written, ({ address, timeMs }) => `${address} ${startOf(timeMs, DAY_MS).slice(0, 10)}`));
  expect(
    await sums(`select ${instant("slot")} as key, sum(count)::int as count from slot_count group by 1`),
  ).toEqual(sumsBy(written, ({ timeMs }) => startOf(timeMs, SLOT_MS)));
  for (const table of ["place_hour", "network_hour"]) {
    expect(
      await sums(`select ${instant("hour")} as key, sum(attacks)::int as count from ${table} group by 1`),
      table,
    ).toEqual(sumsBy(written, ({ timeMs }) => startOf(timeMs, HOUR_MS)));
  }
}

type Sum = { key: string; count: number };

function sumsOf(rows: readonly Sum[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

function sumsBy(written: readonly Failure[], keyOf: (failure: Failure) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const failure of written) sums[keyOf(failure)] = (sums[keyOf(failure)] ?? 0) + 1;
  return sums;
}

function startOf(timeMs: number, spanMs: number): string {
  return new Date(Math.floor(timeMs / spanMs) * spanMs).toISOString().slice(0, 16);
}

function instant(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI')`;
}
