import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded-server.ts";
import { migrateDatabase } from "./migrate.ts";

describe("the embedded server", () => {
  let directory: string;
  let server: EmbeddedServer;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "banwatch-embedded-"));
    chmodSync(directory, 0o755);
    server = await startEmbeddedServer(directory);
  });
  afterEach(async () => {
    await server.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  });

  const serverPid = (): number =>
    Number(readFileSync(join(directory, "postgres/postmaster.pid"), "utf8").split("\n")[0]);

  it("never runs as root, listens on no network, and keeps its data to itself", async () => {
    expect(statSync(`/proc/${serverPid()}`).uid).not.toBe(0);
    expect(await setting(server.url, "listen_addresses")).toBe("");
    expect(statSync(join(directory, "postgres")).mode & 0o077).toBe(0);
    expect(statSync(join(directory, "run")).mode & 0o077).toBe(0);
  });

  it("is durable: fsync, full page writes and checksums are on", async () => {
    for (const name of ["fsync", "full_page_writes", "data_checksums", "synchronous_commit"]) {
      expect(await setting(server.url, name), name).toBe("on");
    }
  });

  it("is adopted when whoever started it is gone", async () => {
    const pid = serverPid();
    const again = await startEmbeddedServer(directory);
    expect(serverPid()).toBe(pid);
    expect(again.url).toBe(server.url);
  });

  it("starts again at once after kill -9, with all that was committed", async () => {
    await query(server.url, "create table kept as select 42 as answer");
    process.kill(serverPid(), "SIGKILL");
    server = await startEmbeddedServer(directory);
    expect(await query(server.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("is made anew when its first start was killed in the middle", async () => {
    await server.stop();
    // What initdb leaves when it is killed: the version first, the rest never.
    renameSync(join(directory, "postgres"), join(directory, "postgres.new"));
    rmSync(join(directory, "postgres.new/base"), { recursive: true });
    server = await startEmbeddedServer(directory);
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(existsSync(join(directory, "postgres.new"))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)("runs under the account that its data belongs to", async () => {
    await server.stop();
    const { uid, gid } = userNobody();
    for (const folder of ["postgres", "run"])
      execFileSync("chown", ["-R", `${uid}:${gid}`, join(directory, folder)]);
    server = await startEmbeddedServer(directory);
    expect(statSync(`/proc/${serverPid()}`).uid).toBe(uid);
    expect(statSync(join(directory, "postgres")).uid).toBe(uid);
  });

  it("says in a sentence that its path is too long", async () => {
    await expect(startEmbeddedServer(join(directory, "x".repeat(100)))).rejects.toThrow(/path is too long/);
  });

  it("is migrated once, however many start at the same time", async () => {
    const outcomes = await Promise.all([migrateDatabase(server.url), migrateDatabase(server.url)]);
    const applied = outcomes.map((outcome) => (outcome.kind === "migrated" ? outcome.applied : Number.NaN));
    expect(applied.filter((count) => count > 0)).toHaveLength(1);
    expect(applied).toContain(0);
  });
});

function userNobody(): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("nobody:"))!;
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function setting(url: string, name: string): Promise<unknown> {
  const [row] = (await query(url, `show ${name}`)) as Record<string, unknown>[];
  return row?.[name];
}
