import { type Actor, recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { joinToken } from "../db/schema/index.ts";
import { inTransaction } from "../db/transaction.ts";
import { instance, refuseInDemo } from "../instance/instance.ts";
import { createJoinToken, JOIN_TOKEN_TTL_MS } from "../wire/join-token.ts";

/** A token with which one host can be connected, within the hour. Only its hash is kept. */
export async function issueJoinToken(
  connections: Connections,
  actor: Actor,
  nowMs: number,
): Promise<{ token: string; expiresAtMs: number }> {
  await refuseInDemo(connections);
  const { fingerprint } = await instance(connections);
  const { token, joinId, secretHash } = createJoinToken(fingerprint);
  const expiresAtMs = nowMs + JOIN_TOKEN_TTL_MS;
  await inTransaction(connections, async ({ db }) => {
    await db.insert(joinToken).values({
      joinId,
      secretHash: secretHash.toString("base64url"),
      createdBy: actor.name,
      createdAt: new Date(nowMs),
      expiresAt: new Date(expiresAtMs),
    });
    await recordAction(db, actor, { verb: "create_join_token" });
  });
  return { token, expiresAtMs };
}
