import { and, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import type { NewCommand } from "../command/enqueue.ts";
import { ban, command, rule } from "../db/schema/index.ts";
import type { Transaction } from "../db/transaction.ts";
import type { Rule } from "../rule/change-rules.ts";
import { denyRulesFor } from "./ban-permanently.ts";
import { type LiveHost, nameHosts } from "./hosts.ts";

type Command = typeof command.$inferSelect;

/** What would put back the state before an action. */
export type UndoPlan = {
  hosts: readonly LiveHost[];
  /** Rules that the action made and that still hold. */
  lift: Rule[];
  /** Where to put rules back that the action lifted: each for these hosts, or for every host (null). */
  restore: (string[] | null)[];
  commands: NewCommand[];
  touched: LiveHost[];
  /** Whether something is blocked again by it. */
  bansAgain: boolean;
  /** What is left as it is, as a sentence. */
  note: string | null;
};

export async function planUndo(
  transaction: Transaction,
  of: { actionId: string; address: string; hosts: readonly LiveHost[] },
): Promise<UndoPlan> {
  const commands = await transaction.db.select().from(command).where(eq(command.actionId, of.actionId));
  const reachable = commands.filter((each) => of.hosts.some((host) => host.id === each.hostId));
  const lift = await transaction.db
    .select()
    .from(rule)
    .where(and(eq(rule.actionId, of.actionId), eq(rule.effect, "deny"), isNull(rule.removedAt)));
  const restore = await rulesToRestore(transaction, reachable, of.address);
  const jails = await jailsToChange(transaction, reachable, of.address);
  const touchedIds = new Set<string>([
    ...jails.commands.map((each) => each.hostId),
    ...idsOf([...restore, ...lift.map((each) => (each.hostId === null ? null : [each.hostId]))], of.hosts),
  ]);
  return {
    hosts: of.hosts,
    lift,
    restore,
    commands: jails.commands,
    touched: of.hosts.filter((host) => touchedIds.has(host.id)),
    bansAgain: restore.length > 0 || jails.commands.some((each) => each.verb === "reban"),
    note: noteOf(of, jails.left),
  };
}

function idsOf(scopes: readonly (string[] | null)[], hosts: readonly LiveHost[]): string[] {
  return scopes.flatMap((scope) => scope ?? hosts.map((host) => host.id));
}

/** Where the action lifted rules for the address that nobody has made again since. */
async function rulesToRestore(
  transaction: Transaction,
  commands: readonly Command[],
  address: string,
): Promise<(string[] | null)[]> {
  const lifts = commands.filter((each) => each.verb === "lift" && each.ruleId !== null);
  if (lifts.length === 0) return [];
  const lifted = await transaction.db
    .select()
    .from(rule)
    .where(
      inArray(
        rule.id,
        lifts.flatMap((each) => each.ruleId ?? []),
      ),
    );
  const now = await denyRulesFor(transaction, address);
  if (now.some((each) => each.hostId === null)) return [];
  for (const each of lifted) {
    if (each.hostId === null && !(await wasSplit(transaction, each))) return [null];
  }
  const hostIds = new Set(lifts.map((each) => each.hostId));
  const missing = [...hostIds].filter((hostId) => !now.some((each) => each.hostId === hostId));
  return missing.length === 0 ? [] : [missing];
}

/** Whether the rule for every host went on, on some of them, when it was lifted from the others. */
async function wasSplit(transaction: Transaction, lifted: Rule): Promise<boolean> {
  const parts = await transaction.db
    .select({ id: rule.id })
    .from(rule)
    .where(and(eq(rule.actionId, lifted.actionId), eq(rule.prefix, lifted.prefix), isNotNull(rule.hostId)))
    .limit(1);
  return parts.length > 0;
}

/** An unban is undone by putting the address back into its jails; where it was banned again since, it is there. */
async function jailsToChange(
  transaction: Transaction,
  commands: readonly Command[],
  address: string,
): Promise<{ commands: NewCommand[]; left: string[] }> {
  const bans = await transaction.db
    .select({ hostId: ban.hostId, jail: ban.jail, since: ban.since })
    .from(ban)
    .where(and(eq(ban.address, address), eq(ban.enforcer, "fail2ban")));
  const changes: NewCommand[] = [];
  const left: string[] = [];
  for (const each of commands) {
    if (each.state === "failed" || each.state === "expired") continue;
    if (each.verb === "reban")
      changes.push({ verb: "unban", hostId: each.hostId, address, jails: each.jails });
    if (each.verb !== "unban") continue;
    const bannedAgain = bans.filter((found) => found.hostId === each.hostId && found.since > each.queuedAt);
    const jails = each.jails.filter((jail) => !bannedAgain.some((found) => found.jail === jail));
    if (jails.length > 0) changes.push({ verb: "reban", hostId: each.hostId, address, jails });
    else left.push(each.hostId);
  }
  return { commands: changes, left };
}

function noteOf(of: { address: string; hosts: readonly LiveHost[] }, left: readonly string[]): string | null {
  const names = nameHosts(of.hosts.filter((host) => left.includes(host.id)));
  return names === "" ? null : `${names} banned ${of.address} again by itself meanwhile; that ban stays.`;
}
