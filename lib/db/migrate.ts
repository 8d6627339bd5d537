import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

const MIGRATIONS_FOLDER = join(import.meta.dirname, "../../drizzle");
/** Any number, the same for all instances: only one migrates at a time. */
const MIGRATION_LOCK = 7_226_801;

export type MigrationOutcome = { kind: "migrated"; applied: number } | { kind: "newer_database" };

/** Brings the database to this version's schema. A database of a newer version is left as it is. */
export async function migrateDatabase(databaseUrl: string): Promise<MigrationOutcome> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "banwatch-migrate" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const known = knownMigrations();
    const before = await appliedMigrations(client);
    if (before.some((createdAt) => !known.has(createdAt))) return { kind: "newer_database" };
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    return { kind: "migrated", applied: known.size - before.length };
  } finally {
    await client.end();
  }
}

function knownMigrations(): Set<number> {
  const journal = JSON.parse(readFileSync(join(MIGRATIONS_FOLDER, "meta/_journal.json"), "utf8")) as {
    entries: { when: number }[];
  };
  return new Set(journal.entries.map((entry) => entry.when));
}

async function appliedMigrations(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ present: boolean }>(
    "select to_regclass('drizzle.__drizzle_migrations') is not null as present",
  );
  if (rows[0]?.present !== true) return [];
  const applied = await client.query<{ created_at: string }>(
    "select created_at from drizzle.__drizzle_migrations",
  );
  return applied.rows.map((row) => Number(row.created_at));
}
