import { randomUUID } from "node:crypto";
import type { Database } from "../db/client.ts";
import { action } from "../db/schema/index.ts";

/** Who does it. A signed-in `Person` is one. */
export type Actor = { id: string | null; name: string; fromAddress: string | null };
export const COMMAND_LINE: Actor = { id: null, name: "command line", fromAddress: null };

type Entry = Pick<typeof action.$inferInsert, "verb"> &
  Partial<Pick<typeof action.$inferInsert, "address" | "subject" | "reason" | "undoes">>;

/** Writes one line of the log of changes, in the transaction that makes the change. Returns its id. */
export async function recordAction(db: Database, actor: Actor, entry: Entry): Promise<string> {
  const id = randomUUID();
  await db
    .insert(action)
    .values({ id, actorId: actor.id, actorName: actor.name, fromAddress: actor.fromAddress, ...entry });
  return id;
}
