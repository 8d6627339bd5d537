import { and, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import { callHosts, enqueue, type NewCommand } from "../command/enqueue.ts";
import type { Connections } from "../db/client.ts";
import { ban, command, rule } from "../db/schema/index.ts";
import { inTransaction, lockName, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { refuseInDemo } from "../instance/instance.ts";
import { liftRules, type Rule } from "../rule/change-rules.ts";
import { nextGeneration } from "../rule/generation.ts";
import { type LiveHost, liveHosts, nameHosts } from "./hosts.ts";
import { type Outcome, readAddress, readReason } from "./outcome.ts";
import { type Actor, recordAction } from "./record-action.ts";

/**
 * Lifts the address on the hosts (by default on all that block it): out of fail2ban's jails, and out of Banwatch's own
 * rules for just this address. A second click while the first is on its way returns the first.
 * Throws AppError `not_bannable`, `conflict` when no such host blocks it, or `demo`.
 */
export async function unban(
  connections: Connections,
  actor: Actor,
  request: { address: string; hostIds?: readonly string[] | undefined; reason?: string | undefined },
  nowMs: number,
): Promise<Outcome> {
  await refuseInDemo(connections);
  const address = readAddress(request.address).text;
  return inTransaction(connections, async (transaction) => {
    await lockName(transaction, `address ${address}`);
    const all = await liveHosts(transaction);
    const wanted = all.filter((host) => request.hostIds === undefined || request.hostIds.includes(host.id));
    const underWay = await unbansUnderWay(transaction, address, wanted, nowMs);
    const inJails = await jailsThatBan(transaction, address, wanted);
    const rules = await denyRulesOf(transaction, address, wanted);
    const unbans = [...inJails].flatMap(([hostId, jails]): NewCommand[] =>
      underWay.has(hostId) ? [] : [{ verb: "unban", hostId, address, jails }],
    );
    if (unbans.length === 0 && rules.length === 0)
      return nothingToDo(address, underWay, wanted, request.hostIds);
    const lifts = await liftFrom(transaction, rules, all, wanted, nowMs);
    const commands = [...unbans, ...lifts];
    const touched = wanted.filter((host) => commands.some((each) => each.hostId === host.id));
    const actionId = await recordAction(transaction.db, actor, {
      verb: "unban",
      address,
      subject: nameHosts(touched),
      reason: readReason(request.reason),
    });
    await enqueue(transaction, actionId, commands, nowMs);
    await callHosts(
      transaction,
      (lifts.length > 0 ? all : touched).map((host) => host.id),
    );
    return { actionId, note: await stillBlockedBy(transaction, address, touched) };
  });
}

async function unbansUnderWay(
  transaction: Transaction,
  address: string,
  hosts: readonly LiveHost[],
  nowMs: number,
): Promise<Map<string, string>> {
  const rows = await transaction.db
    .select({ hostId: command.hostId, actionId: command.actionId })
    .from(command)
    .where(
      and(
        eq(command.address, address),
        eq(command.verb, "unban"),
        inArray(command.state, ["queued", "delivered", "applied"]),
        gt(command.expiresAt, new Date(nowMs)),
      ),
    );
  return new Map(
    rows
      .filter((row) => hosts.some((host) => host.id === row.hostId))
      .map((row) => [row.hostId, row.actionId]),
  );
}

async function jailsThatBan(
  transaction: Transaction,
  address: string,
  hosts: readonly LiveHost[],
): Promise<Map<string, string[]>> {
  const rows = await transaction.db
    .select({ hostId: ban.hostId, jail: ban.jail })
    .from(ban)
    .where(and(eq(ban.address, address), eq(ban.enforcer, "fail2ban")));
  const jails = new Map<string, string[]>();
  for (const { hostId, jail } of rows) {
    if (!hosts.some((host) => host.id === hostId)) continue;
    jails.set(hostId, [...(jails.get(hostId) ?? []), jail]);
  }
  return jails;
}

async function denyRulesOf(
  transaction: Transaction,
  address: string,
  hosts: readonly LiveHost[],
): Promise<Rule[]> {
  if (hosts.length === 0) return [];
  const scope = or(
    isNull(rule.hostId),
    inArray(
      rule.hostId,
      hosts.map((host) => host.id),
    ),
  );
  return transaction.db
    .select()
    .from(rule)
    .where(and(eq(rule.prefix, address), eq(rule.effect, "deny"), isNull(rule.removedAt), scope));
}

async function liftFrom(
  transaction: Transaction,
  rules: readonly Rule[],
  all: readonly LiveHost[],
  wanted: readonly LiveHost[],
  nowMs: number,
): Promise<NewCommand[]> {
  if (rules.length === 0) return [];
  const generation = await nextGeneration(transaction);
  const from = (hostId: string) => wanted.some((host) => host.id === hostId);
  return liftRules(transaction, rules, { generation, hosts: all, from, nowMs });
}

function nothingToDo(
  address: string,
  underWay: ReadonlyMap<string, string>,
  wanted: readonly LiveHost[],
  asked: readonly string[] | undefined,
): Outcome {
  const [first] = underWay.values();
  if (first !== undefined) return { actionId: first, note: `The unban of ${address} is on its way already.` };
  const where =
    asked === undefined ? "No host blocks" : `${nameHosts(wanted) || "No such host"}: nothing there blocks`;
  throw new AppError("conflict", `${where} ${address} now, so there is nothing to lift.`);
}

/** A rule for a wider prefix goes on blocking the address; the person must know. */
async function stillBlockedBy(
  transaction: Transaction,
  address: string,
  hosts: readonly LiveHost[],
): Promise<string | null> {
  const ids = hosts.map((host) => host.id);
  const [wider] = await transaction.db
    .select({ prefix: rule.prefix })
    .from(rule)
    .where(
      and(
        sql`${rule.prefix} >> ${address}::inet`,
        eq(rule.effect, "deny"),
        isNull(rule.removedAt),
        or(isNull(rule.hostId), inArray(rule.hostId, ids)),
      ),
    )
    .limit(1);
  return wider === undefined ? null : `${address} stays blocked by the permanent ban of ${wider.prefix}.`;
}
