import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Connections, Database } from "./client.ts";
import { inPoolTransaction } from "./in-transaction.ts";
import * as schema from "./schema/index.ts";

/** An open transaction: the typed client, and the connection under it (for `publish`). */
export type Transaction = { db: Database; client: pg.PoolClient };

/** Does the work in one transaction, on the connections of pages; see `inPoolTransaction`. */
export function inTransaction<T>(
  connections: Connections,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return inPoolTransaction(connections.pool, (client) => work({ db: drizzle(client, { schema }), client }));
}

/** Waits until nobody else works under this name; held until the transaction ends. */
export async function lockName(transaction: Transaction, name: string): Promise<void> {
  await transaction.client.query("select pg_advisory_xact_lock(hashtextextended($1, 7226))", [name]);
}
