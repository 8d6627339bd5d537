import { sql } from "drizzle-orm";
import type { Transaction } from "../db/transaction.ts";
import { ruleGeneration } from "../db/schema/index.ts";

/**
 * The number of the change to the rules that this transaction makes. Whoever changes rules next waits here until it
 * ends, so that generations are committed in their order: who has seen one has seen all before it.
 */
export async function nextGeneration(transaction: Transaction): Promise<number> {
  const [row] = await transaction.db
    .insert(ruleGeneration)
    .values({ generation: 1 })
    .onConflictDoUpdate({
      target: ruleGeneration.one,
      set: { generation: sql`${ruleGeneration.generation} + 1` },
    })
    .returning();
  return row!.generation;
}
