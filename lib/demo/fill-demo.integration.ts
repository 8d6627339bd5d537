import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { statusSchema } from "../wire/wire.ts";
import { fillDemo } from "./fill-demo.ts";
import { runDemo } from "./run-demo.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
});
afterAll(() => database.close());

async function number(query: string): Promise<number> {
  const { rows } = await database.pool.query<{ value: string }>(`select (${query}) as value`);
  return Number(rows[0]?.value);
}

test("a database that has hosts of its own is refused and left as it is", async () => {
  const id = randomUUID();
  await database.pool.query("insert into host (id, name, kind) values ($1, 'real', 'agent')", [id]);
  await expect(fillDemo(database, Date.now())).rejects.toThrow("has hosts of its own");
  expect(await number("select count(*) from host")).toBe(1);
  await database.pool.query("delete from host");
});

test("shows four weeks, a surge, what is blocked, and goes on", async () => {
  const stop = await runDemo(database, {
    onError: (error) => {
      throw error;
    },
  });
  const attacksSince = (interval: string) =>
    number(
      `select sum(count) from slot_count where kind in ('attempt', 'blocked') and slot > now() - interval '${interval}'`,
    );
  expect(await number("select count(*) from host")).toBe(24);
  expect(await number("select count(*) from blocked_address")).toBeGreaterThan(3_300);
  expect(await number("select count(*) from blocked_address where permanent")).toBe(46);
  expect(await attacksSince("1 day")).toBeGreaterThan(15_000);
  expect(await attacksSince("28 days")).toBeGreaterThan(20 * 15_000);
  expect(await number("select count(distinct country_code) from attacker")).toBeGreaterThan(60);
  expect(await number("select count(*) from place where city = 'Amsterdam'")).toBeGreaterThan(0);
  const { rows } = await database.pool.query<{ status: unknown }>("select status from host");
  for (const { status } of rows) statusSchema.parse(status);

  const filled = await number("select count(*) from event");
  await expect.poll(() => number("select count(*) from event"), { timeout: 20_000 }).toBeGreaterThan(filled);
  await stop();
});
