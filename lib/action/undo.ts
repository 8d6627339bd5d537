import { and, eq, inArray } from "drizzle-orm";
import { callHosts, enqueue, takeBack } from "../command/enqueue.ts";
import type { Connections } from "../db/client.ts";
import { action, command } from "../db/schema/index.ts";
import { inTransaction, lockName, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { refuseInDemo } from "../instance/instance.ts";
import { addDenyRules, denyCommands, liftRules } from "../rule/change-rules.ts";
import { nextGeneration } from "../rule/generation.ts";
import { type BanActor, refuseProtected } from "./ban-permanently.ts";
import { liveHosts, nameHosts } from "./hosts.ts";
import type { Outcome } from "./outcome.ts";
import { recordAction } from "./record-action.ts";
import { planUndo, type UndoPlan } from "./undo-plan.ts";

/**
 * Puts back what was before the action: a permanent ban is lifted, an unbanned address goes back into its jails and
 * under its rules, an undone action is done again. What has changed since is left as it is now.
 * Throws AppError `not_found`, `conflict` (it was undone, or nothing of it is left), `not_bannable` when it would ban
 * what may not be banned, or `demo`.
 */
export async function undo(
  connections: Connections,
  actor: BanActor,
  actionId: string,
  nowMs: number,
): Promise<Outcome> {
  await refuseInDemo(connections);
  const address = await addressToUndo(connections, actionId);
  // Looked at before the transaction, as it may ask for the app's name; it counts only if the undo bans.
  const protection = await refuseProtected(connections, actor, address).catch((error: unknown) => error);
  return inTransaction(connections, async (transaction) => {
    await lockName(transaction, `address ${address}`);
    await refuseSecond(transaction, actionId);
    const hosts = await liveHosts(transaction);
    const plan = await planUndo(transaction, { actionId, address, hosts });
    if (plan.touched.length === 0) throw changedSince(address);
    if (plan.bansAgain && protection !== undefined) throw protection;
    const entry = { verb: "undo", address, subject: nameHosts(plan.touched), undoes: actionId } as const;
    const undoId = await recordAction(transaction.db, actor, entry);
    const ruleCommands = await changeRules(transaction, plan, { address, undoId, nowMs });
    const unfinished = and(eq(command.actionId, actionId), inArray(command.verb, ["unban", "reban", "lift"]));
    await takeBack(transaction, unfinished, nowMs);
    await enqueue(transaction, undoId, [...plan.commands, ...ruleCommands], nowMs);
    await callHosts(
      transaction,
      hosts.map((host) => host.id),
    );
    return { actionId: undoId, note: plan.note };
  });
}

async function addressToUndo(connections: Connections, actionId: string): Promise<string> {
  const [found] = await connections.db.select().from(action).where(eq(action.id, actionId));
  if (found === undefined) throw new AppError("not_found", "There is no such action.");
  if (found.address !== null && ["unban", "ban_permanently", "undo"].includes(found.verb))
    return found.address;
  throw new AppError("conflict", "Only unbans and permanent bans can be undone.");
}

async function refuseSecond(transaction: Transaction, actionId: string): Promise<void> {
  const [earlier] = await transaction.db.select().from(action).where(eq(action.undoes, actionId));
  if (earlier === undefined) return;
  throw new AppError("conflict", `${earlier.actorName} has undone this already.`, {
    detail: { actionId: earlier.id },
  });
}

function changedSince(address: string): AppError {
  return new AppError(
    "conflict",
    `Nothing is left of this to undo: what it did to ${address} has been changed since, or its hosts are gone.`,
  );
}

async function changeRules(
  transaction: Transaction,
  plan: UndoPlan,
  by: { address: string; undoId: string; nowMs: number },
) {
  if (plan.lift.length === 0 && plan.restore.length === 0) return [];
  const generation = await nextGeneration(transaction);
  const from = () => true;
  const lifts = await liftRules(transaction, plan.lift, {
    generation,
    hosts: plan.hosts,
    from,
    nowMs: by.nowMs,
  });
  const denies = [];
  for (const scope of plan.restore) {
    const of = { actionId: by.undoId, generation, prefix: by.address };
    denies.push(...denyCommands(await addDenyRules(transaction, of, scope), plan.hosts));
  }
  return [...lifts, ...denies];
}
