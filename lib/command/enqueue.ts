import { randomUUID } from "node:crypto";
import { and, inArray, type SQL } from "drizzle-orm";
import { command } from "../db/schema/index.ts";
import type { Transaction } from "../db/transaction.ts";
import { LIVE_CHANNEL, publish, toPayloads } from "../live/publish.ts";
import { COMMAND_TTL_MS, TAKEN_BACK } from "./state.ts";

export type NewCommand =
  | { verb: "unban" | "reban"; hostId: string; address: string; jails: string[] }
  | { verb: "deny" | "lift"; hostId: string; address: string; ruleId: string };

/** Queues the commands of one action; the hosts that listen are told when the transaction commits. */
export async function enqueue(
  transaction: Transaction,
  actionId: string,
  commands: readonly NewCommand[],
  nowMs: number,
): Promise<void> {
  const queuedAt = new Date(nowMs);
  const rows = commands.map((each): typeof command.$inferInsert => {
    const common = { id: randomUUID(), actionId, state: "queued" as const, queuedAt };
    return "ruleId" in each
      ? { ...common, ...each, jails: [], expiresAt: null }
      : { ...common, ...each, expiresAt: new Date(nowMs + COMMAND_TTL_MS) };
  });
  if (rows.length > 0) await transaction.db.insert(command).values(rows);
  await publish(transaction.client, { topic: "commands", actionIds: [actionId] });
}

/** Tells the agents of these hosts to look for new orders, all in one statement: there may be a thousand. */
export async function callHosts(transaction: Transaction, hostIds: readonly string[]): Promise<void> {
  const payloads = [...new Set(hostIds)].flatMap((hostId) => toPayloads({ topic: "orders", hostId }));
  await transaction.client.query("select pg_notify($1, payload) from unnest($2::text[]) payload", [
    LIVE_CHANNEL,
    payloads,
  ]);
}

/** Gives up those of the commands that no host has reported as applied: what they were for was taken back. */
export async function takeBack(
  transaction: Transaction,
  which: SQL | undefined,
  nowMs: number,
): Promise<void> {
  // Locked one by one in the order in which a host's reports are, so that neither waits for the other for ever.
  const open = await transaction.db
    .select({ id: command.id })
    .from(command)
    .where(and(which, inArray(command.state, ["queued", "delivered"])))
    .orderBy(command.id)
    .for("update");
  if (open.length === 0) return;
  const taken = await transaction.db
    .update(command)
    .set({ state: "failed", endedAt: new Date(nowMs), detail: TAKEN_BACK, ruleId: null })
    .where(
      inArray(
        command.id,
        open.map((each) => each.id),
      ),
    )
    .returning({ actionId: command.actionId });
  const actionIds = [...new Set(taken.map((each) => each.actionId))];
  await publish(transaction.client, { topic: "commands", actionIds });
}
