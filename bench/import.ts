import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import type { Connections } from "../lib/db/client.ts";
import { createTestDatabase, startTestServer } from "../lib/db/test-database.ts";
import { geo } from "../lib/geo/geo.ts";
import { importHostId } from "../lib/import/import-host.ts";
import { importLog } from "../lib/import/import-log.ts";
import { splitLines } from "../lib/import/split-lines.ts";
import { writeFail2banLog } from "./fail2ban-log.ts";

const short = process.argv.includes("--short");
const LINES = short ? 50_000 : 1_000_000;
const READ_CHUNK_BYTES = 1024 * 1024;

const directory = mkdtempSync(join(tmpdir(), "banwatch-bench-"));
const path = join(directory, "fail2ban.log");
await writeFail2banLog(path, LINES, Date.now() - 30 * 86_400_000);
const server = await startTestServer();
const database = await createTestDatabase(server.url);
try {
  const geoMs = await timed(() => geo());
  const readMs = await timed(readLines);
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const importMs = await timed(importFile);
  loop.disable();
  const { events, rows } = await readRows(database);
  const copyMs = await timed(() => copyRows(database, rows));
  report({ geoMs, readMs, importMs, copyMs, events, stallMs: loop.max / 1e6 });
} finally {
  await database.close();
  await server.stop();
  rmSync(directory, { recursive: true });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function openFile(): Readable {
  return createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
}

async function readLines(): Promise<void> {
  let lines = 0;
  for await (const chunk of splitLines(openFile())) lines += chunk.lines.length;
  if (lines !== LINES) throw new Error(`read ${lines} lines of ${LINES}`);
}

async function importFile(): Promise<void> {
  const places = await geo();
  const hostId = await importHostId(database, "bench");
  const counts = await importLog(database, places, openFile(), { hostId, timeZone: "UTC" });
  if (counts.lines !== LINES || counts.stored !== counts.events || counts.unreadable > 0) {
    throw new Error(`imported ${JSON.stringify(counts)}`);
  }
}

/** The rows that the import stored, as COPY takes them. */
async function readRows({ pool }: Connections): Promise<{ events: number; rows: Buffer[] }> {
  const client = await pool.connect();
  try {
    await client.query("set statement_timeout = 0");
    const counted = await client.query<{ count: string }>("select count(*) from event");
    const rows: Buffer[] = [];
    const source = client.query(
      copyTo("copy (select * from event order by host_id, stream, sequence) to stdout (format binary)"),
    );
    for await (const piece of source) rows.push(piece as Buffer);
    return { events: Number(counted.rows[0]!.count), rows: [Buffer.concat(rows)] };
  } finally {
    client.release();
  }
}

/** The same rows into the same table with the same indexes, and nothing else, in one transaction. */
async function copyRows({ ingestPool }: Connections, rows: readonly Buffer[]): Promise<void> {
  const client = await ingestPool.connect();
  try {
    await client.query("begin");
    await client.query("truncate event");
    const target = client.query(copyFrom("copy event from stdin (format binary)"));
    await pipeline(Readable.from(inPieces(rows)), target);
    await client.query("commit");
  } finally {
    client.release();
  }
}

function* inPieces(rows: readonly Buffer[]): Generator<Buffer> {
  for (const each of rows) {
    for (let at = 0; at < each.length; at += READ_CHUNK_BYTES) yield each.subarray(at, at + READ_CHUNK_BYTES);
  }
}

function report(measured: {
  geoMs: number;
  readMs: number;
  importMs: number;
  copyMs: number;
  events: number;
  stallMs: number;
}): void {
  const { geoMs, readMs, importMs, copyMs, events, stallMs } = measured;
  const perSecond = (count: number, ms: number) => Math.round((count * 1000) / ms);
  console.table({
    "read into lines": { seconds: readMs / 1000, linesPerSecond: perSecond(LINES, readMs) },
    "raw COPY of the rows": { seconds: copyMs / 1000, eventsPerSecond: perSecond(events, copyMs) },
    import: {
      seconds: importMs / 1000,
      linesPerSecond: perSecond(LINES, importMs),
      eventsPerSecond: perSecond(events, importMs),
    },
  });
  console.log(
    `The geographic databases took ${Math.round(geoMs)} ms to open, which is not in the import's time.`,
  );
  console.log(
    JSON.stringify({
      lines: LINES,
      events,
      linesPerSecond: perSecond(LINES, importMs),
      eventsPerSecond: perSecond(events, importMs),
      ratioToRead: round(readMs / importMs),
      ratioToCopy: round(copyMs / importMs),
      longestStallMs: Math.round(stallMs),
      geoOpenMs: Math.round(geoMs),
    }),
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
