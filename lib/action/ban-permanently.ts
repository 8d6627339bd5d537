import { and, eq, isNull } from "drizzle-orm";
import { callHosts, enqueue } from "../command/enqueue.ts";
import type { Connections } from "../db/client.ts";
import { rule } from "../db/schema/index.ts";
import { inTransaction, lockName, type Transaction } from "../db/transaction.ts";
import { AppError } from "../error/app-error.ts";
import { refuseInDemo } from "../instance/instance.ts";
import { addDenyRules, denyCommands, type Rule } from "../rule/change-rules.ts";
import { nextGeneration } from "../rule/generation.ts";
import { protectedAddresses } from "../rule/protected-addresses.ts";
import { bannableChecks, type BannableCheck, whyNotBannable } from "../rule/why-not-bannable.ts";
import { type LiveHost, liveHosts, nameHosts } from "./hosts.ts";
import { type Outcome, readAddress, readReason } from "./outcome.ts";
import { type Actor, recordAction } from "./record-action.ts";

/** Who asks, and under which name they reached the app (the Host header; null on the command line). */
export type BanActor = Actor & { appHost: string | null };
export type BanScope = { kind: "hosts"; hostIds: readonly string[] } | { kind: "all" };

/** What is looked at before a ban, for the dialog that asks for it. */
export async function checkBannable(
  connections: Connections,
  actor: BanActor,
  address: string,
): Promise<BannableCheck[]> {
  return bannableChecks(address, await protectedAddresses(connections, actor));
}

/** Throws AppError `not_bannable` with the sentence that says why. */
export async function refuseProtected(
  connections: Connections,
  actor: BanActor,
  address: string,
): Promise<void> {
  const why = whyNotBannable(address, await protectedAddresses(connections, actor));
  if (why !== null) throw new AppError("not_bannable", why);
}

/**
 * Blocks the address or prefix without end, on the hosts' own firewalls: on those, or on all that are and will be
 * connected. Where that rule is already, nothing is done; when it is everywhere, the action that made it is returned.
 * Throws AppError `not_bannable`, `not_found` for a host that isn't there, or `demo`.
 */
export async function banPermanently(
  connections: Connections,
  actor: BanActor,
  request: { address: string; scope: BanScope; reason?: string | undefined },
  nowMs: number,
): Promise<Outcome> {
  await refuseInDemo(connections);
  await refuseProtected(connections, actor, request.address);
  const prefix = readAddress(request.address).text;
  return inTransaction(connections, async (transaction) => {
    await lockName(transaction, `address ${prefix}`);
    const all = await liveHosts(transaction);
    const hosts = request.scope.kind === "all" ? all : chooseHosts(all, request.scope.hostIds);
    const existing = await denyRulesFor(transaction, prefix);
    const missing = hosts.filter((host) => !existing.some((each) => each.hostId === host.id));
    const everywhere = existing.find((each) => each.hostId === null);
    const done =
      everywhere ?? (request.scope.kind === "hosts" && missing.length === 0 ? existing[0] : undefined);
    if (done !== undefined)
      return { actionId: done.actionId, note: `${prefix} is banned there permanently already.` };
    const isForAll = request.scope.kind === "all";
    const actionId = await recordAction(transaction.db, actor, {
      verb: "ban_permanently",
      address: prefix,
      subject: isForAll ? "all hosts" : nameHosts(missing),
      reason: readReason(request.reason),
    });
    const generation = await nextGeneration(transaction);
    const scope = isForAll ? null : missing.map((host) => host.id);
    const rules = await addDenyRules(transaction, { actionId, generation, prefix }, scope);
    await enqueue(transaction, actionId, denyCommands(rules, all), nowMs);
    await callHosts(
      transaction,
      (isForAll ? all : missing).map((host) => host.id),
    );
    return { actionId, note: noteOf(hosts, missing, isForAll) };
  });
}

function chooseHosts(all: readonly LiveHost[], hostIds: readonly string[]): LiveHost[] {
  const chosen = all.filter((host) => hostIds.includes(host.id));
  if (chosen.length === 0 || chosen.length < new Set(hostIds).size) {
    throw new AppError(
      "not_found",
      "One of these hosts is not connected to Banwatch any more. Reload the page.",
    );
  }
  return chosen;
}

export async function denyRulesFor(transaction: Transaction, prefix: string): Promise<Rule[]> {
  return transaction.db
    .select()
    .from(rule)
    .where(and(eq(rule.prefix, prefix), eq(rule.effect, "deny"), isNull(rule.removedAt)));
}

function noteOf(hosts: readonly LiveHost[], missing: readonly LiveHost[], isForAll: boolean): string | null {
  if (isForAll)
    return hosts.length === 0 ? "No host is connected yet; the first one gets this ban when it is." : null;
  const had = hosts.filter((host) => !missing.includes(host));
  return had.length === 0 ? null : `${nameHosts(had)} had this ban already.`;
}
