import { randomUUID } from "node:crypto";
import { eq, isNull } from "drizzle-orm";
import { recordAction } from "../action/record-action.ts";
import { addressKey, countTry } from "../auth/rate-limit.ts";
import type { Connections } from "../db/client.ts";
import { host, joinToken } from "../db/schema/index.ts";
import { inTransaction, lockName, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { instance } from "../instance/instance.ts";
import { publish } from "../live/publish.ts";
import { joinProofHolds } from "../wire/join-token.ts";
import { type EnrolAnswer, signEnrolment } from "../wire/signed-enrolment.ts";
import type { Enrol, Enrolled } from "../wire/wire.ts";
import { cleanHostName, firstFreeName } from "./host-name.ts";

const PER_ADDRESS = { max: 20, windowMs: 60_000 };

/**
 * Takes a host in whose agent holds an unused join token, and voids the token with it. An agent that lost the answer
 * may ask again with the same key. The host's clock plays no part.
 * Throws AppError `join_token_invalid` or `too_many`.
 */
export async function enrolHost(
  connections: Connections,
  request: Enrol,
  fromAddress: string | null,
  nowMs: number,
): Promise<EnrolAnswer> {
  await countTry(connections, `enrol ${addressKey(fromAddress)}`, PER_ADDRESS, nowMs);
  const enrolled = await inTransaction(connections, async (transaction) => {
    const token = await takeToken(transaction, request, nowMs);
    const earlier = token.usedByHostId === null ? null : await findHost(transaction, token.usedByHostId);
    if (earlier !== null) return sameHost(earlier, request);
    return makeHost(transaction, request, token, fromAddress, nowMs);
  });
  const { signingKey, publicKey } = await instance(connections);
  return { jws: await signEnrolment(signingKey, enrolled, request.publicKey), appPublicKey: publicKey };
}

type Token = typeof joinToken.$inferSelect;

/** The token's row, locked: whoever comes second finds it used. */
async function takeToken(transaction: Transaction, request: Enrol, nowMs: number): Promise<Token> {
  const [token] = await transaction.db
    .select()
    .from(joinToken)
    .where(eq(joinToken.joinId, request.joinId))
    .for("update");
  const holds =
    token !== undefined &&
    (await joinProofHolds(Buffer.from(token.secretHash, "base64url"), request.publicKey, request.proof));
  if (!holds)
    throw refused("This join token is unknown here: copy the whole command from the page that made it.");
  if (token.expiresAt.getTime() <= nowMs) throw refused("This join token has expired: make a new one.");
  return token;
}

function sameHost(earlier: typeof host.$inferSelect, request: Enrol): Enrolled {
  if (earlier.publicKey?.x !== request.publicKey.x || earlier.revokedAt !== null) {
    throw refused("This join token has been used: each connects one host. Make a new one.");
  }
  return { hostId: earlier.id, hostName: earlier.name };
}

async function makeHost(
  transaction: Transaction,
  request: Enrol,
  token: Token,
  fromAddress: string | null,
  nowMs: number,
): Promise<Enrolled> {
  await lockName(transaction, "host names");
  const others = await transaction.db.select({ name: host.name }).from(host).where(isNull(host.revokedAt));
  const hostName = firstFreeName(cleanHostName(request.hostName), new Set(others.map((each) => each.name)));
  const hostId = randomUUID();
  const now = new Date(nowMs);
  await transaction.db
    .insert(host)
    .values({ id: hostId, name: hostName, kind: "agent", publicKey: request.publicKey, enrolledAt: now });
  await transaction.db
    .update(joinToken)
    .set({ usedAt: now, usedByHostId: hostId })
    .where(eq(joinToken.joinId, token.joinId));
  await recordAction(
    transaction.db,
    { id: null, name: hostName, fromAddress },
    { verb: "enrol_host", subject: hostName, reason: `with a join token made by ${token.createdBy}` },
  );
  await publish(transaction.client, { topic: "hosts", hostId });
  return { hostId, hostName };
}

async function findHost(transaction: Transaction, hostId: string) {
  const [found] = await transaction.db.select().from(host).where(eq(host.id, hostId));
  return found ?? null;
}

function refused(message: string): AppError {
  return new AppError("join_token_invalid", message);
}
