import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { createLiveHub, type LiveHub } from "./live-hub.ts";
import type { LiveMessage } from "./live-message.ts";
import { publish } from "./publish.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let hub: LiveHub;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  hub = createLiveHub(database.url);
});
afterAll(async () => {
  await hub.close();
  await database.close();
});

test("messages arrive on one connection, and again after it was lost, with a gap told", async () => {
  const messages: LiveMessage[] = [];
  let gaps = 0;
  const unsubscribe = hub.subscribe(
    (message) => messages.push(message),
    () => (gaps += 1),
  );
  const others = Array.from({ length: 20 }, () =>
    hub.subscribe(
      () => undefined,
      () => undefined,
    ),
  );
  await expect.poll(() => gaps).toBe(1);
  const { rows } = await database.pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'banwatch-live' and datname = current_database()",
  );
  expect(rows).toHaveLength(1);
  await publish(database.pool, { topic: "bans", hostId: "one" });
  await expect.poll(() => messages).toEqual([{ topic: "bans", hostId: "one" }]);

  await database.pool.query("select pg_terminate_backend($1)", [rows[0]!.pid]);
  await expect.poll(() => gaps).toBe(2);
  await publish(database.pool, { topic: "hosts", hostId: "two" });
  await expect.poll(() => messages).toHaveLength(2);
  unsubscribe();
  for (const each of others) each();
});

test("a list of actions that is too long for one notification arrives in parts", async () => {
  const ids: string[] = [];
  const unsubscribe = hub.subscribe(
    (message) => {
      if (message.topic === "commands") ids.push(...message.actionIds);
    },
    () => undefined,
  );
  const actionIds = Array.from(
    { length: 1_000 },
    (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  );
  await publish(database.pool, { topic: "commands", actionIds });
  await expect.poll(() => ids).toEqual(actionIds);
  unsubscribe();
});
