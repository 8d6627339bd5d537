import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import { and, asc, count, eq } from "drizzle-orm";
import { type Actor, recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { account, session, user } from "../db/schema/index.ts";
import { inTransaction, lockName, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { emailSchema, nameSchema, passwordProblem } from "./password.ts";
import type { Role } from "./role.ts";

export type NewUser = { name: string; email: string; password: string; role: Role };

/** Throws AppError `invalid` with a sentence, or `conflict` when the address is taken. */
export async function addUser(connections: Connections, actor: Actor, given: NewUser): Promise<string> {
  const checked = await checkNewUser(given);
  return inTransaction(connections, async (transaction) => {
    const id = await insertUser(transaction, checked);
    await recordAction(transaction.db, actor, {
      verb: "create_user",
      subject: `${checked.email} (${checked.role})`,
    });
    return id;
  });
}

export type CheckedUser = Omit<NewUser, "password"> & { passwordHash: string };

/** The person's details in canonical form, the password hashed (scrypt): done before a transaction, as it takes long. */
export async function checkNewUser(given: NewUser): Promise<CheckedUser> {
  const name = nameSchema.safeParse(given.name);
  const email = emailSchema.safeParse(given.email);
  if (!name.success) throw new AppError("invalid", name.error.issues[0]!.message);
  if (!email.success) throw new AppError("invalid", email.error.issues[0]!.message);
  const problem = passwordProblem(given.password, { name: name.data, email: email.data });
  if (problem !== null) throw new AppError("invalid", problem);
  return {
    name: name.data,
    email: email.data,
    role: given.role,
    passwordHash: await hashPassword(given.password),
  };
}

/** The rows that better-auth itself would write for a person with a password. */
export async function insertUser(transaction: Transaction, given: CheckedUser): Promise<string> {
  const id = randomUUID();
  const { passwordHash, ...person } = given;
  const made = await transaction.db
    .insert(user)
    .values({ id, ...person })
    .onConflictDoNothing()
    .returning();
  if (made.length === 0)
    throw new AppError("conflict", `There is a user with the address ${given.email} already.`);
  await transaction.db.insert(account).values({
    id: randomUUID(),
    accountId: id,
    providerId: "credential",
    userId: id,
    password: passwordHash,
  });
  return id;
}

export async function listUsers(
  connections: Connections,
): Promise<{ name: string; email: string; role: Role }[]> {
  return connections.db
    .select({ name: user.name, email: user.email, role: user.role })
    .from(user)
    .orderBy(asc(user.email));
}

/** Takes effect at the person's next request. Throws AppError `not_found`, or `conflict` for the last admin. */
export async function changeRole(
  connections: Connections,
  actor: Actor,
  email: string,
  role: Role,
): Promise<void> {
  await inTransaction(connections, async (transaction) => {
    const found = await findUser(transaction, email);
    if (found.role === "admin" && role !== "admin") await refuseWithoutAdmin(transaction);
    await transaction.db.update(user).set({ role, updatedAt: new Date() }).where(eq(user.id, found.id));
    await recordAction(transaction.db, actor, {
      verb: "change_role",
      subject: found.email,
      reason: `${found.role} → ${role}`,
    });
  });
}

/** Sets the password and ends all sessions of the person. */
export async function changePassword(
  connections: Connections,
  actor: Actor,
  email: string,
  password: string,
): Promise<void> {
  await inTransaction(connections, async (transaction) => {
    const found = await findUser(transaction, email);
    const problem = passwordProblem(password, found);
    if (problem !== null) throw new AppError("invalid", problem);
    await transaction.db
      .update(account)
      .set({ password: await hashPassword(password), updatedAt: new Date() })
      .where(and(eq(account.userId, found.id), eq(account.providerId, "credential")));
    await transaction.db.delete(session).where(eq(session.userId, found.id));
    await recordAction(transaction.db, actor, { verb: "change_password", subject: found.email });
  });
}

/** Ends all sessions of the person: their next click asks for the password. */
export async function endSessions(connections: Connections, actor: Actor, email: string): Promise<number> {
  return inTransaction(connections, async (transaction) => {
    const found = await findUser(transaction, email);
    const ended = await transaction.db.delete(session).where(eq(session.userId, found.id)).returning();
    await recordAction(transaction.db, actor, { verb: "end_sessions", subject: found.email });
    return ended.length;
  });
}

/** Removes the person and their sessions; what they did stays in the log under their name. */
export async function removeUser(connections: Connections, actor: Actor, email: string): Promise<void> {
  await inTransaction(connections, async (transaction) => {
    const found = await findUser(transaction, email);
    if (found.role === "admin") await refuseWithoutAdmin(transaction);
    await transaction.db.delete(user).where(eq(user.id, found.id));
    await recordAction(transaction.db, actor, { verb: "delete_user", subject: found.email });
  });
}

async function findUser(transaction: Transaction, email: string) {
  await lockName(transaction, "users");
  const [found] = await transaction.db.select().from(user).where(eq(user.email, email.trim().toLowerCase()));
  if (found === undefined) throw new AppError("not_found", `There is no user with the address ${email}.`);
  return found;
}

async function refuseWithoutAdmin(transaction: Transaction): Promise<void> {
  const [admins] = await transaction.db.select({ count: count() }).from(user).where(eq(user.role, "admin"));
  if ((admins?.count ?? 0) > 1) return;
  throw new AppError("conflict", "This is the last admin: make somebody else an admin first.");
}
