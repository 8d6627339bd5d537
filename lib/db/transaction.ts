import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Connections, Database } from "./client.ts";
import * as schema from "./schema/index.ts";

/** An open transaction: the typed client, and the connection under it (for `publish`). */
export type Transaction = { db: Database; client: pg.PoolClient };

/** Does the work in one transaction: commits when it returns, rolls back when it throws. */
export async function inTransaction<T>(
  connections: Connections,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const client = await connections.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work({ db: drizzle(client, { schema }), client });
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((cause: Error) => (broken = cause));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Waits until nobody else works under this name; held until the transaction ends. */
export async function lockName(transaction: Transaction, name: string): Promise<void> {
  await transaction.client.query("select pg_advisory_xact_lock(hashtextextended($1, 7226))", [name]);
}
