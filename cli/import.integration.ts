import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase } from "../lib/db/test-database.ts";

const PROGRAM = join(import.meta.dirname, "main.ts");
const LOG = Array.from(
  { length: 50 },
  (_, number) =>
    `2026-11-01 10:00:${String(number).padStart(2, "0")},123 fail2ban.actions        [812]: NOTICE  [sshd] Ban 192.0.2.${number}\n`,
).join("");

let folder: string;
let log: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "banwatch-import-"));
  // The database's own account must get in.
  chmodSync(folder, 0o755);
  log = join(folder, "fail2ban.log");
  writeFileSync(log, LOG);
  writeFileSync(`${log}.gz`, gzipSync(LOG));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Outcome = { code: number; output: string };

function runImport(args: string[], environment: Record<string, string>): Promise<Outcome> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, "import", "--tz", "UTC", ...args],
      { env: { ...inherited, ...environment } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
    child.stdin?.end(args.includes("-") ? LOG : "");
  });
}

test("starts the database of the data directory, stores the files once, and stops it again", async () => {
  const dataDir = join(folder, "data");
  const first = await runImport([log, `${log}.gz`], { BANWATCH_DATA_DIR: dataDir });
  expect(first.output).toContain("50 events: 50 new, 0 stored before");
  expect(first.output).toContain("50 events: 0 new, 50 stored before");
  expect(first.code).toBe(0);
  expect(existsSync(join(dataDir, "postgres/postmaster.pid"))).toBe(false);
  expect(existsSync(join(dataDir, "banwatch.pid"))).toBe(false);
});

test("reads standard input into a database of one's own", async () => {
  const database = await createTestDatabase(inject("databaseServerUrl"));
  const { output, code } = await runImport(["-", "--host", "gate"], { DATABASE_URL: database.url });
  expect(output).toContain("50 events: 50 new");
  expect(code).toBe(0);
  const { rows } = await database.pool.query(
    "select h.name, h.kind, count(*)::int as events from event e join host h on h.id = e.host_id group by 1, 2",
  );
  expect(rows).toEqual([{ name: "gate", kind: "import", events: 50 }]);
  await database.close();
});

test.each([
  ["a file that isn't there", ["/nonexistent"], "The file /nonexistent can't be read. Nothing was imported."],
  ["an unknown zone", ["--tz", "Mars/Base", "x"], "It must be a zone's name"],
])("%s is one sentence and a failure", async (_, args, sentence) => {
  const { output, code } = await runImport(args, { BANWATCH_DATA_DIR: join(folder, "unused") });
  expect(output).toContain(sentence);
  expect(output).not.toContain("    at ");
  expect(code).toBe(1);
  expect(existsSync(join(folder, "unused"))).toBe(false);
});
