import { randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { type NewCommand, takeBack } from "../command/enqueue.ts";
import { command, rule } from "../db/schema/index.ts";
import type { Transaction } from "../db/transaction.ts";

export type Rule = typeof rule.$inferSelect;
type LiveHost = { id: string; name: string };

/** A `deny` without end: one rule for every host (null), or one for each of those. Returns the rules. */
export async function addDenyRules(
  transaction: Transaction,
  of: { actionId: string; generation: number; prefix: string },
  hostIds: readonly string[] | null,
): Promise<Rule[]> {
  const scopes = hostIds ?? [null];
  if (scopes.length === 0) return [];
  return transaction.db
    .insert(rule)
    .values(scopes.map((hostId) => ({ ...of, id: randomUUID(), effect: "deny" as const, hostId })))
    .returning();
}

/** The commands that carry new rules to those of the hosts that they are for. */
export function denyCommands(rules: readonly Rule[], hosts: readonly LiveHost[]): NewCommand[] {
  return rules.flatMap((each) =>
    hosts
      .filter((host) => each.hostId === null || each.hostId === host.id)
      .map((host) => ({ verb: "deny" as const, hostId: host.id, address: each.prefix, ruleId: each.id })),
  );
}

/**
 * Removes the rules from the hosts in `from`, and returns the commands that lift them there. A rule for every host
 * that stays on some becomes a rule for each of those, of the same action, so that undoing that one still finds it.
 */
export async function liftRules(
  transaction: Transaction,
  rules: readonly Rule[],
  on: { generation: number; hosts: readonly LiveHost[]; from: (hostId: string) => boolean; nowMs: number },
): Promise<NewCommand[]> {
  const commands: NewCommand[] = [];
  for (const each of rules) {
    const holders = on.hosts.filter((host) => each.hostId === null || each.hostId === host.id);
    const leaving = holders.filter((host) => on.from(host.id));
    const staying = holders.filter((host) => !on.from(host.id));
    await transaction.db
      .update(rule)
      .set({ removedAt: new Date(on.nowMs), generation: on.generation })
      .where(eq(rule.id, each.id));
    await keepOn(transaction, each, staying, on.generation);
    const unfinished = and(
      eq(command.ruleId, each.id),
      eq(command.verb, "deny"),
      inArray(
        command.hostId,
        leaving.map((host) => host.id),
      ),
    );
    if (leaving.length > 0) await takeBack(transaction, unfinished, on.nowMs);
    for (const host of leaving) {
      commands.push({ verb: "lift", hostId: host.id, address: each.prefix, ruleId: each.id });
    }
  }
  return commands;
}

/** The rule goes on under a new id on these hosts; their commands, done or not, follow it. */
async function keepOn(
  transaction: Transaction,
  old: Rule,
  staying: readonly LiveHost[],
  generation: number,
): Promise<void> {
  const kept = await addDenyRules(
    transaction,
    { actionId: old.actionId, generation, prefix: old.prefix },
    staying.map((host) => host.id),
  );
  for (const each of kept) {
    if (each.hostId === null) continue;
    await transaction.db
      .update(command)
      .set({ ruleId: each.id })
      .where(and(eq(command.hostId, each.hostId), eq(command.ruleId, old.id), eq(command.verb, "deny")));
  }
}
