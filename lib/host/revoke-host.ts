import { and, eq, inArray, isNull } from "drizzle-orm";
import { type Actor, recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { ban, command, host } from "../db/schema/index.ts";
import { inTransaction, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import type { Geo } from "../geo/geo.ts";
import { AGENT_STREAM, holdStream } from "../ingest/lock-stream.ts";
import { refuseInDemo } from "../instance/instance.ts";
import { publish } from "../live/publish.ts";
import { recomputeBlocked } from "../rollup/recompute-blocked.ts";

/**
 * Refuses the host's key from now on, ends its stream, and gives up what it hadn't reported as done. What its firewall
 * blocks stays as it is there, but nobody observes it any more, so it no longer counts as blocked. Throws AppError `not_found`, `conflict` or `demo`.
 */
export async function revokeHost(
  connections: Connections,
  geo: Geo,
  actor: Actor,
  hostId: string,
  nowMs: number,
): Promise<{ actionId: string }> {
  await refuseInDemo(connections);
  const now = new Date(nowMs);
  return inTransaction(connections, async (transaction) => {
    const { db, client } = transaction;
    // First, as whoever stores does: what is under way is stored before and forgotten below, or refused after.
    await holdStream(client, hostId, AGENT_STREAM);
    const [found] = await db
      .select()
      .from(host)
      .where(and(eq(host.id, hostId), eq(host.kind, "agent")))
      .for("update");
    if (found === undefined) throw new AppError("not_found", "There is no such host.");
    if (found.revokedAt !== null) throw new AppError("conflict", `${found.name} has been removed already.`);
    await db
      .update(host)
      .set({ revokedAt: now })
      .where(and(eq(host.id, hostId), isNull(host.revokedAt)));
    const givenUp = await db
      .update(command)
      .set({ state: "failed", endedAt: now, detail: "The host was removed from Banwatch.", ruleId: null })
      .where(and(eq(command.hostId, hostId), inArray(command.state, ["queued", "delivered", "applied"])))
      .returning({ actionId: command.actionId });
    const actionId = await recordAction(db, actor, { verb: "revoke_host", subject: found.name });
    await publish(client, { topic: "hosts", hostId });
    await publish(client, { topic: "orders", hostId });
    if (givenUp.length > 0) {
      await publish(client, {
        topic: "commands",
        actionIds: [...new Set(givenUp.map((each) => each.actionId))],
      });
    }
    await forgetBans(transaction, geo, hostId);
    return { actionId };
  });
}

/** Last in its transaction, see `recomputeBlocked`. */
async function forgetBans({ db, client }: Transaction, geo: Geo, hostId: string): Promise<void> {
  const forgotten = await db.delete(ban).where(eq(ban.hostId, hostId)).returning({ address: ban.address });
  if (forgotten.length === 0) return;
  await publish(client, { topic: "bans", hostId });
  await recomputeBlocked(client, geo, new Set(forgotten.map((each) => each.address)));
}
