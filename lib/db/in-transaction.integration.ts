import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { sqlStateOf } from "./in-transaction.ts";
import { host } from "./schema/index.ts";
import { createTestDatabase } from "./test-database.ts";
import { inTransaction } from "./transaction.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
});
afterAll(() => database.close());

async function makeHost(): Promise<string> {
  const id = randomUUID();
  await database.db.insert(host).values({ id, name: "web", kind: "agent" });
  return id;
}

test("of two transactions that wait for each other, the one that is ended does its work again", async () => {
  const [one, two] = [await makeHost(), await makeHost()];
  let attempts = 0;
  const met = Promise.withResolvers<void>();
  let arrived = 0;
  const rename = (first: string, second: string) =>
    inTransaction(database, async ({ db }) => {
      attempts += 1;
      await db.update(host).set({ name: "first" }).where(eq(host.id, first));
      arrived += 1;
      if (arrived === 2) met.resolve();
      await met.promise;
      await db.update(host).set({ name: "second" }).where(eq(host.id, second));
    });
  await Promise.all([rename(one, two), rename(two, one)]);
  expect(attempts).toBe(3);
});

test("the code of an error is PostgreSQL's own, wrapped or not", async () => {
  const id = await makeHost();
  const again = database.db.insert(host).values({ id, name: "web", kind: "agent" });
  expect(await again.then(() => null, sqlStateOf)).toBe("23505");
  const plain = database.pool.query("insert into host (id, name, kind) values ($1, 'web', 'agent')", [id]);
  expect(await plain.then(() => null, sqlStateOf)).toBe("23505");
  expect(sqlStateOf(Object.assign(new Error("gone"), { code: "ECONNRESET" }))).toBeNull();
});
