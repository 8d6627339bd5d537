import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import pg from "pg";
import { BanwatchApp } from "./stack/banwatch-app.ts";
import { Namespace } from "./stack/namespace.ts";
import { until } from "./stack/protected-host.ts";

test.describe("npm start", () => {
  let machine: Namespace;
  let dataDir: string;
  let app: BanwatchApp;

  test.beforeAll(async () => {
    machine = await Namespace.create();
  });
  test.afterAll(async () => {
    await machine.remove();
  });
  test.beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), "banwatch-start-"));
    chmodSync(folder, 0o755);
    dataDir = join(folder, "data");
    app = new BanwatchApp(machine, dataDir);
  });
  test.afterEach(async () => {
    await app.stop();
    await stopDatabaseLeftBehind();
  });

  test("says where it runs, where its data is, and gives one link to create the admin", async () => {
    const token = await app.start();
    expect(app.output).toMatch(/Banwatch is running at http:\/\/localhost:3000/);
    expect(app.output).toContain(`Its data is in ${dataDir}.`);
    expect(token).toMatch(/^[\w-]{20,}$/);
    expect(await status("/")).toBeLessThan(400);
  });

  test("starts again in seconds, and stops all of itself when asked to", async () => {
    await app.start();
    await app.stop("SIGTERM");
    expect(databasePid()).toBeNull();
    await app.start();
    expect(app.output).not.toContain("Building the app");
  });

  test("takes its database up again after kill -9", async () => {
    await app.start();
    await app.stop("SIGKILL");
    const leftRunning = databasePid();
    expect(leftRunning).not.toBeNull();
    await app.start();
    expect(databasePid(), "the same server was adopted, not a second one started").toBe(leftRunning);
    await app.stop("SIGKILL");
    process.kill(leftRunning!, "SIGKILL");
    await until("the killed database is gone", async () => !isRunning(leftRunning!));
    await app.start();
    expect(await status("/")).toBeLessThan(400);
  });

  test("starts its database again when something killed it", async () => {
    await app.start();
    const pid = databasePid()!;
    process.kill(pid, "SIGKILL");
    await until("another one runs", async () => ![null, pid].includes(databasePid()));
    await until("pages are answered", async () => (await status("/")) < 400);
  });

  test("leaves nothing behind when it is told to stop in the middle of a start", async () => {
    const starting = app.start();
    await until("the database is being started", async () => existsSync(join(dataDir, "postgres.new")));
    await app.stop("SIGTERM");
    await expect(starting).rejects.toThrow(/It ended/);
    expect(databasePid()).toBeNull();
    expect(existsSync(join(dataDir, "banwatch.pid"))).toBe(false);
  });

  test("refuses a port that is in use, in one sentence", async () => {
    const other = machine.start(process.execPath, [
      "-e",
      "require('net').createServer().listen(3000, () => console.log('up'))",
    ]);
    await other.printed(/up/);
    await expect(app.start()).rejects.toThrow(/Port 3000 is in use/);
    expect(app.exitCode).toBe(1);
    await other.stop();
  });

  test("refuses a data directory that can't be written, in one sentence", async () => {
    writeFileSync(dataDir, "a file where the folder should be");
    await expect(app.start()).rejects.toThrow(/The data directory .* can't be written/);
    expect(app.exitCode).toBe(1);
  });

  test("refuses a second Banwatch on the same data", async () => {
    await app.start();
    const second = new BanwatchApp(machine, dataDir, 3001);
    await expect(second.start()).rejects.toThrow(
      /Another Banwatch \(process \d+\) runs with the data directory/,
    );
    expect(second.exitCode).toBe(1);
  });

  test("refuses a database of a newer version, and leaves it as it is", async () => {
    await app.start();
    const client = new pg.Client({ host: join(dataDir, "run"), user: "banwatch", database: "banwatch" });
    await client.connect();
    await client.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 99999999999999)",
    );
    await client.end();
    await app.stop();
    await expect(app.start()).rejects.toThrow(/The database was made by a newer version of Banwatch\./);
    expect(app.exitCode).toBe(1);
    expect(databasePid()).toBeNull();
  });

  test("refuses settings that make no sense, naming the setting", async () => {
    const strange = new BanwatchApp(machine, dataDir, 99_999);
    await expect(strange.start()).rejects.toThrow(/The setting PORT can't be used/);
    expect(strange.exitCode).toBe(1);
  });

  async function status(path: string): Promise<number> {
    const script = `fetch("http://127.0.0.1:3000${path}").then((answer) => process.stdout.write(String(answer.status)))`;
    return Number(await machine.run(process.execPath, "-e", script));
  }

  function databasePid(): number | null {
    const file = join(dataDir, "postgres/postmaster.pid");
    if (!existsSync(file)) return null;
    const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
    return isRunning(pid) ? pid : null;
  }

  async function stopDatabaseLeftBehind(): Promise<void> {
    const pid = databasePid();
    if (pid !== null) process.kill(pid, "SIGQUIT");
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
