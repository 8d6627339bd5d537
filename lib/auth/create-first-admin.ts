import { timingSafeEqual } from "node:crypto";
import { recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { instance, user } from "../db/schema/index.ts";
import { inTransaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { hashSetupToken } from "../instance/instance.ts";
import { addressKey, countTry } from "./rate-limit.ts";
import { checkNewUser, insertUser } from "./users.ts";

const PER_ADDRESS = { max: 10, windowMs: 60_000 };

/**
 * Makes the first admin for whoever holds the one-time link, and voids the link: of two at once, one wins.
 * Throws AppError `expired` when there is a user already, `not_allowed` for a wrong token, `invalid`, `too_many`.
 */
export async function createFirstAdmin(
  connections: Connections,
  given: { token: string; name: string; email: string; password: string; fromAddress: string | null },
  nowMs: number,
): Promise<void> {
  await countTry(connections, `setup ${addressKey(given.fromAddress)}`, PER_ADDRESS, nowMs);
  await checkSetupToken(connections, given.token);
  const admin = await checkNewUser({ ...given, role: "admin" });
  await inTransaction(connections, async (transaction) => {
    const [row] = await transaction.db.select().from(instance).for("update");
    refuseWrongToken(row?.setupTokenHash ?? null, given.token);
    const users = await transaction.db.select({ id: user.id }).from(user).limit(1);
    if (users.length > 0) throw alreadySetUp();
    const id = await insertUser(transaction, admin);
    await transaction.db.update(instance).set({ setupTokenHash: null });
    await recordAction(
      transaction.db,
      { id, name: admin.name, fromAddress: given.fromAddress },
      { verb: "create_user", subject: `${admin.email} (admin)`, reason: "first start" },
    );
  });
}

/** Whether the link still holds, for the page that it opens. Throws as `createFirstAdmin` does. */
export async function checkSetupToken(connections: Connections, token: string): Promise<void> {
  const [row] = await connections.db.select({ hash: instance.setupTokenHash }).from(instance);
  refuseWrongToken(row?.hash ?? null, token);
}

function refuseWrongToken(hash: string | null, token: string): void {
  if (hash === null) throw alreadySetUp();
  const expected = Buffer.from(hash);
  const given = Buffer.from(hashSetupToken(token));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new AppError(
    "not_allowed",
    "This link is not, or no longer, the one that Banwatch printed at its last start. Use that one.",
  );
}

function alreadySetUp(): AppError {
  return new AppError("expired", "The first admin has been created and the link is void. Sign in instead.");
}
