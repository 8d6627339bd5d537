import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Connections, connect, disconnect } from "./client.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded-server.ts";
import { migrateDatabase } from "./migrate.ts";

/** A PostgreSQL for a run of tests, in a folder that goes with it. */
export async function startTestServer(): Promise<EmbeddedServer> {
  const directory = mkdtempSync(join(tmpdir(), "banwatch-test-"));
  chmodSync(directory, 0o755);
  return startEmbeddedServer(directory);
}

/** A migrated, empty database of its own on that server, and connections to it. */
export async function createTestDatabase(
  serverUrl: string,
): Promise<Connections & { url: string; close: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = serverUrl.replace("/banwatch?", `/${name}?`);
  await migrateDatabase(url);
  const made = connect(url);
  return { ...made, url, close: () => disconnect(made) };
}
