import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { AppError } from "../error/app-error.ts";
import * as schema from "./schema/index.ts";

export type Database = NodePgDatabase<typeof schema>;

/** What every room needs of the database: one typed client for pages, and one of its own for ingest. */
export type Connections = {
  /** For pages and actions. */
  db: Database;
  pool: pg.Pool;
  /** For batches of events, so that a page never waits for one. */
  ingestPool: pg.Pool;
};

const PAGE_CONNECTIONS = 8;
const INGEST_CONNECTIONS = 3;
const PAGE_STATEMENT_TIMEOUT_MS = 15_000;

export function connect(databaseUrl: string): Connections {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: PAGE_CONNECTIONS,
    application_name: "banwatch",
    statement_timeout: PAGE_STATEMENT_TIMEOUT_MS,
  });
  const ingestPool = new pg.Pool({
    connectionString: databaseUrl,
    max: INGEST_CONNECTIONS,
    application_name: "banwatch-ingest",
  });
  for (const each of [pool, ingestPool]) {
    // An idle connection that breaks (the server was restarted) is replaced at the next query, which reports errors.
    each.on("error", () => undefined);
  }
  return { db: drizzle(pool, { schema }), pool, ingestPool };
}

export async function disconnect(open: Connections): Promise<void> {
  await Promise.all([open.pool.end(), open.ingestPool.end()]);
}

/**
 * The connections of this process, made at first use from `DATABASE_URL`. They are kept on `globalThis` because the
 * framework may load this module more than once in a process.
 */
export function connections(): Connections {
  const holder = globalThis as typeof globalThis & { banwatchConnections?: Connections };
  if (holder.banwatchConnections === undefined) {
    const databaseUrl = process.env.DATABASE_URL;
    if (databaseUrl === undefined) {
      throw new AppError("internal", "DATABASE_URL is not set: start the app with npm start.");
    }
    holder.banwatchConnections = connect(databaseUrl);
  }
  return holder.banwatchConnections;
}
