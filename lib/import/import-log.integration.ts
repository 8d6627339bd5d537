import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { type Geo, geo } from "../geo/geo.ts";
import { recount } from "../ingest/test-recount.ts";
import { importHostId } from "./import-host.ts";
import { type ImportCounts, importLog } from "./import-log.ts";
import { MAX_LINE_BYTES } from "./split-lines.ts";
import { uploadLog, type UploadLine } from "./upload-log.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let places: Geo;
let hostId: string;

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
  hostId = await importHostId(database, "imported");
});

/** Lines as fail2ban writes them; every fifth is no event. */
function log(from: number, to: number): string {
  let text = "";
  for (let number = from; number < to; number += 1) {
    const time = new Date(Date.UTC(2026, 9, 1) + number * 7_000).toISOString();
    const stamp = `${time.slice(0, 10)} ${time.slice(11, 19)},${time.slice(20, 23)}`;
    const address = `203.0.113.${number % 250}`;
    text +=
      number % 5 === 4
        ? `${stamp} fail2ban.server         [77]: INFO    rollover performed on /var/log/fail2ban.log\n`
        : number % 5 === 3
          ? `${stamp} fail2ban.actions        [77]: NOTICE  [sshd] Ban ${address}\n`
          : `${stamp} fail2ban.filter         [77]: INFO    [sshd] Found ${address} - ${time.slice(0, 10)} ${time.slice(11, 19)}\n`;
  }
  return text;
}

/** In pieces that end anywhere. */
async function importText(content: string | Uint8Array, pieceBytes = 1_000): Promise<ImportCounts> {
  const bytes = Buffer.from(content);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return importLog(database, places, Readable.from(pieces), { hostId, timeZone: "UTC" });
}

async function storedEvents(): Promise<number> {
  const { rows } = await database.pool.query<{ count: string }>("select count(*) from event");
  return Number(rows[0]!.count);
}

test("a log is stored with its rollups, and its bans are not taken for current ones", async () => {
  const counts = await importText(log(0, 60_000), 65_536);
  expect(counts).toMatchObject({
    lines: 60_000,
    events: 48_000,
    ignored: 12_000,
    unreadable: 0,
    stored: 48_000,
    known: 0,
  });
  expect(await storedEvents()).toBe(48_000);
  const { rows } = await database.pool.query("select * from ban");
  expect(rows).toEqual([]);
  for (const [table, { stored, counted }] of Object.entries(await recount(database.pool, places))) {
    expect(stored, table).toEqual(counted);
  }
});

test.each([
  ["short", 10],
  ["long", 200],
])("a %s file that has grown stores only what is new, zipped or not", async (_, lines) => {
  await importText(log(0, lines));
  expect(await importText(log(0, lines))).toMatchObject({ stored: 0, known: lines * 0.8 });
  expect(await importText(log(0, 400))).toMatchObject({ stored: 320 - lines * 0.8, known: lines * 0.8 });
  expect(await importText(gzipSync(log(0, 400)))).toMatchObject({ stored: 0, known: 320 });
  expect(await storedEvents()).toBe(320);
});

test("another file is another file, also when it is of the same host", async () => {
  await importText(log(0, 200));
  await importText(log(200, 400));
  expect(await storedEvents()).toBe(320);
});

test("bytes that are no log are counted and harm nothing that follows", async () => {
  const junk = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 251));
  const longLine = Buffer.alloc(MAX_LINE_BYTES * 3, "x");
  const counts = await importText(
    Buffer.concat([junk, Buffer.from("\n"), longLine, Buffer.from(`\n${log(0, 100)}`)]),
  );
  expect(counts).toMatchObject({ events: 80, stored: 80 });
  expect(counts.unreadable).toBeGreaterThan(1);
});

test("an empty file is fine", async () => {
  expect(await importText("")).toMatchObject({ lines: 0, stored: 0 });
  expect(await importText(gzipSync(""))).toMatchObject({ lines: 0, stored: 0 });
});

test("a zipped file that is cut off keeps what could be read, and goes on when it is whole", async () => {
  const zipped = gzipSync(log(0, 90_000));
  await expect(importText(zipped.subarray(0, zipped.length - 20_000))).rejects.toThrow(
    "unexpected end of file",
  );
  const stored = await storedEvents();
  expect(await importText(zipped)).toMatchObject({ stored: 72_000 - stored, known: stored });
});

test("an import whose connections are killed again and again stores everything once", async () => {
  const killer = new pg.Client({ connectionString: database.url });
  await killer.connect();
  const text = log(0, 150_000);
  let failures = 0;
  let imported: ImportCounts | null = null;
  while (imported === null) {
    const kill = failures < 4;
    const importing = importText(text, 500_000).then(
      (counts) => (imported = counts),
      () => (failures += 1),
    );
    if (kill) {
      // Both of the batches under way: one that sums, and one whose rows are on their way.
      await vi.waitUntil(async () => {
        const { rowCount } = await killer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'banwatch-ingest' and xact_start is not null
             and query ~ '(copy event|slot_count)'`,
        );
        return imported !== null || (rowCount ?? 0) > 0;
      }, 20_000);
    }
    await importing;
  }
  await killer.end();
  expect(failures).toBeGreaterThan(0);
  expect(await storedEvents()).toBe(120_000);
  for (const [table, { stored, counted }] of Object.entries(await recount(database.pool, places))) {
    expect(stored, table).toEqual(counted);
  }
});

test("two imports of one file at once store it once", async () => {
  const text = log(0, 100_000);
  const outcomes = await Promise.allSettled([importText(text, 500_000), importText(text, 500_000)]);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeLessThan(2);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "conflict" });
  expect(await storedEvents()).toBe(80_000);
});

test("an upload says how far it is, what came of it, and leaves a line in the log of actions", async () => {
  const actor = { id: "one", name: "Mara", fromAddress: "192.0.2.1" };
  const upload = {
    name: "fail2ban.log",
    hostName: "imported",
    timeZone: "UTC",
    bytes: Readable.from([Buffer.from(log(0, 100))]),
  };
  const text = await new Response(uploadLog(database, actor, upload, new AbortController().signal)).text();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as UploadLine);
  expect(lines.at(-1)).toMatchObject({ kind: "done", counts: { stored: 80 } });
  const { rows } = await database.pool.query(
    "select verb, actor_name, subject from action where actor_name = 'Mara' order by at, subject desc",
  );
  expect(rows).toEqual([
    { verb: "import", actor_name: "Mara", subject: "fail2ban.log: started" },
    { verb: "import", actor_name: "Mara", subject: "fail2ban.log: 80 events" },
  ]);
});

test("an upload that is broken off leaves a line in the log of actions, too, whatever the file is called", async () => {
  const actor = { id: "two", name: "Nils", fromAddress: null };
  const leaving = new AbortController();
  async function* bytes() {
    yield Buffer.from(log(0, 6_500));
    leaving.abort();
    yield Buffer.from(log(6_500, 6_510));
  }
  const upload = { name: "fail\u0000\u202e.log", hostName: "broken-off", timeZone: "UTC", bytes: bytes() };
  const answer = uploadLog(database, actor, upload, leaving.signal);
  await expect.poll(storedEvents).toBeGreaterThan(0);
  await answer.cancel();
  const { rows } = await database.pool.query("select subject from action where actor_name = 'Nils'");
  expect(rows).toEqual([{ subject: "fail\ufffd\ufffd.log: started" }]);
});

test("an upload that isn't a whole zip says so", async () => {
  const actor = { id: "one", name: "Mara", fromAddress: null };
  const bytes = Readable.from([gzipSync(log(0, 100)).subarray(0, 200)]);
  const upload = { name: "a.gz", hostName: "imported", timeZone: "UTC", bytes };
  const text = await new Response(uploadLog(database, actor, upload, new AbortController().signal)).text();
  expect(JSON.parse(text.trim().split("\n").at(-1)!)).toMatchObject({ kind: "failed", code: "invalid" });
});
