import * as z from "zod";
import { parsePrefix } from "../../lib/event/address.ts";
import type { Report, RulesOrder } from "../../lib/wire/wire.ts";
import type { Enforcer, RuleTexts } from "../firewall/enforcer.ts";
import { type Log, sayOnce } from "./agent-log.ts";
import { type Guarded, refusalToBlock } from "./guarded.ts";
import { coveringOf, ruleSetOf } from "./rule-set.ts";
import type { StateDirectory } from "./state-directory.ts";
import { wordsOf } from "./words.ts";

const FILE = "rules.json";
const keptRuleSchema = z.object({
  ruleId: z.string(),
  effect: z.enum(["deny", "allow"]),
  prefix: z.string(),
  untilMs: z.number().nullable(),
  commandId: z.string().optional(),
  /** Why this host doesn't do it; it is asked again when the app sends the rule again. */
  refused: z.string().optional(),
});
type KeptRule = z.infer<typeof keptRuleSchema>;
const keptSchema = z.object({ generation: z.number(), rules: z.array(keptRuleSchema) });

/** With more to report on than this, the whole table is read once instead of one address after the other. */
const LOOK_EACH_MAX = 8;

export type RuleKeeperParts = {
  state: StateDirectory;
  enforcer: Enforcer;
  report: (report: Report) => void;
  guarded: () => Promise<Guarded>;
  /** Whether the app can still be reached; it tries for as long as the agent waits for that. */
  reachesApp: () => Promise<boolean>;
  /** By the app's clock, for when rules end. */
  appNowMs: () => number;
  /** By the host's own, for reports. */
  now: () => number;
  log: Log;
};

/**
 * What the operator wants of this host's firewall, kept on disk, and kept true: put there at the start, changed when
 * an order comes, ended when its time is over, repaired when somebody else changes the table.
 */
export class RuleKeeper {
  readonly #parts: RuleKeeperParts;
  readonly #sayTrouble: (sentence: string | null) => void;
  #generation = 0;
  #rules = new Map<string, KeptRule>();
  #applied: RuleTexts | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RuleKeeperParts) {
    this.#parts = parts;
    this.#sayTrouble = sayOnce(parts.log);
    const kept = parts.state.readJson(FILE, keptSchema);
    if (kept === null) return;
    this.#generation = kept.generation;
    this.#rules = new Map(kept.rules.map((rule) => [rule.ruleId, rule]));
  }

  get generation(): number {
    return this.#generation;
  }

  /** The rules that are in force here. */
  get inForce(): number {
    return this.#active().length;
  }

  get allowed(): string[] {
    return this.#active()
      .filter(({ effect }) => effect === "allow")
      .map(({ prefix }) => prefix);
  }

  /** When a rule that blocks `prefix` ends; null: never, or there is none. */
  untilMsOf(prefix: string): number | null {
    const rules = this.#active().filter((rule) => rule.effect === "deny" && rule.prefix === prefix);
    const ends = rules.map(({ untilMs }) => untilMs);
    return ends.length === 0 || ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0));
  }

  /** How long until the time of a rule is over; at least a moment, infinite when all go on. */
  msUntilNextEnd(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { untilMs } of this.#active()) if (untilMs !== null) next = Math.min(next, untilMs);
    return Math.max(50, next - this.#parts.appNowMs());
  }

  /** Puts the rules from disk into the firewall, before anything else is done. Says when it can't. */
  async restore(): Promise<void> {
    if (this.#rules.size === 0 && this.#generation === 0) return;
    await this.#inTurn(async () => {
      try {
        await this.#apply();
      } catch (error) {
        this.#parts.log(`The rules could not be put into the firewall: ${wordsOf(error)}`);
      }
    });
  }

  /** Takes an order; false when it builds on rules that this host doesn't have, so that all are needed. */
  async take(order: RulesOrder): Promise<boolean> {
    return await this.#inTurn(() => this.#take(order));
  }

  /** Compares the firewall with what it should hold, ends what is over, and repairs. How long reading took, in ms. */
  async check(): Promise<number> {
    return await this.#inTurn(() => this.#check());
  }

  async #take(order: RulesOrder): Promise<boolean> {
    if (order.base > this.#generation) return false;
    const before = { generation: this.#generation, rules: new Map(this.#rules) };
    if (order.base === 0) this.#rules = new Map();
    const guarded = await this.#parts.guarded();
    const told: RulesOrder["rules"] = [];
    for (const rule of order.rules) {
      if (rule.commandId !== undefined) {
        told.push(rule);
        this.#report(rule.commandId, "delivered");
      }
      if (rule.removed) this.#rules.delete(rule.ruleId);
      else this.#rules.set(rule.ruleId, keptOf(rule));
    }
    this.#refuse(order, guarded);
    this.#generation = order.generation;
    this.#save();
    const addsDeny = this.#addsDeny(before.rules);
    try {
      await this.#apply();
    } catch (error) {
      // Nothing has changed in the firewall. The rules stay wanted: the next check tries again.
      for (const rule of told) this.#report(rule.commandId, "failed", { detail: wordsOf(error) });
      return true;
    }
    const done = told.filter((rule) => rule.removed || this.#rules.get(rule.ruleId)?.refused === undefined);
    for (const rule of done) this.#report(rule.commandId, "applied");
    if (addsDeny && !(await this.#parts.reachesApp())) await this.#undo(before.rules, done);
    else await this.#verify(done);
    return true;
  }

  /** Marks what this host must not do, and says why. */
  #refuse(order: RulesOrder, guarded: Guarded): void {
    const allowed = this.#active()
      .filter(({ effect }) => effect === "allow")
      .map(({ prefix }) => parsePrefix(prefix)!);
    for (const { ruleId } of order.rules) {
      const rule = this.#rules.get(ruleId);
      if (rule === undefined || rule.effect === "allow") continue;
      const refusal = refusalToBlock(parsePrefix(rule.prefix)!, guarded, allowed);
      if (refusal === null) continue;
      rule.refused = refusal;
      this.#report(rule.commandId, "failed", { detail: refusal });
    }
  }

  /** The firewall goes back to what it was: with the new rules, this host could not hear of the next ones. */
  async #undo(before: Map<string, KeptRule>, done: RulesOrder["rules"]): Promise<void> {
    const reason =
      "It cut this host off from Banwatch, so the host took it back: the app could not be reached for a minute.";
    for (const rule of this.#rules.values()) {
      if (rule.effect === "deny" && before.get(rule.ruleId)?.prefix !== rule.prefix) rule.refused = reason;
    }
    this.#save();
    let detail = reason;
    try {
      await this.#apply();
    } catch (error) {
      detail = `It cut this host off from Banwatch, and taking it back failed: ${wordsOf(error)}`;
    }
    this.#parts.log(detail);
    for (const rule of done) {
      if (this.#rules.get(rule.ruleId)?.refused !== undefined)
        this.#report(rule.commandId, "failed", { detail });
    }
    await this.#verify(done.filter((rule) => this.#rules.get(rule.ruleId)?.refused === undefined));
  }

  /** Reads the firewall back and says of each rule whether it holds. */
  async #verify(rules: RulesOrder["rules"]): Promise<void> {
    if (rules.length === 0) return;
    try {
      const listed = rules.length > LOOK_EACH_MAX ? await this.#parts.enforcer.list() : null;
      const deny = new Set(listed?.rules.deny);
      const allow = new Set(listed?.rules.allow);
      const wantedDeny = new Set(this.#applied?.deny);
      const wantedAllow = new Set(this.#applied?.allow);
      for (const rule of rules) {
        const found =
          listed === null
            ? await this.#parts.enforcer.lookInRules(rule.prefix)
            : lookIn(rule.prefix, deny, allow, listed.problem);
        const wanted =
          coveringOf(wantedDeny, rule.prefix) !== null && coveringOf(wantedAllow, rule.prefix) === null;
        if (found.denied === wanted) this.#report(rule.commandId, "verified", { evidence: found.evidence });
        else this.#report(rule.commandId, "failed", { detail: found.evidence.join("; ") });
      }
    } catch (error) {
      for (const rule of rules) this.#report(rule.commandId, "failed", { detail: wordsOf(error) });
    }
  }

  async #check(): Promise<number> {
    if (this.#rules.size === 0 && this.#generation === 0) return 0;
    const startedMs = performance.now();
    try {
      const wanted = ruleSetOf(this.#active());
      const { rules, problem } = await this.#parts.enforcer.list();
      const tookMs = performance.now() - startedMs;
      const drift = problem ?? differenceOf(wanted, rules);
      if (drift === null) {
        this.#sayTrouble(null);
        return tookMs;
      }
      const isOurs = this.#applied !== null && differenceOf(wanted, this.#applied) === null;
      if (isOurs) this.#parts.log(`The firewall is not as it should be (${drift}): it is repaired.`);
      const have = new Set(problem === null ? rules.deny : []);
      const affected = this.#active().filter(
        ({ effect, prefix }) => effect === "deny" && coveringOf(have, prefix) === null,
      );
      if (isOurs) for (const rule of affected) this.#report(rule.commandId, "drifted", { detail: drift });
      await this.#apply();
      await this.#verify(affected.map((rule) => ({ ...rule, removed: false })));
      return tookMs;
    } catch (error) {
      this.#sayTrouble(`The firewall can't be kept as it should be: ${wordsOf(error)}`);
      return performance.now() - startedMs;
    }
  }

  async #apply(): Promise<void> {
    const wanted = ruleSetOf(this.#active());
    await this.#parts.enforcer.allow(wanted);
    this.#applied = wanted;
  }

  #active(): KeptRule[] {
    const nowMs = this.#parts.appNowMs();
    return [...this.#rules.values()].filter(
      ({ untilMs, refused }) => refused === undefined && (untilMs === null || untilMs > nowMs),
    );
  }

  #addsDeny(before: Map<string, KeptRule>): boolean {
    return this.#active().some(
      ({ ruleId, effect, prefix }) => effect === "deny" && before.get(ruleId)?.prefix !== prefix,
    );
  }

  #save(): void {
    this.#parts.state.writeJson(FILE, { generation: this.#generation, rules: [...this.#rules.values()] });
  }

  #report(commandId: string | undefined, state: Report["state"], more: Partial<Report> = {}): void {
    if (commandId === undefined) return;
    this.#parts.report({ commandId, state, atMs: this.#parts.now(), ...more });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }
}

function keptOf(rule: RulesOrder["rules"][number]): KeptRule {
  const { ruleId, effect, prefix, untilMs, commandId } = rule;
  return { ruleId, effect, prefix, untilMs, ...(commandId === undefined ? {} : { commandId }) };
}

function lookIn(
  prefix: string,
  deny: ReadonlySet<string>,
  allow: ReadonlySet<string>,
  problem: string | null,
): { denied: boolean; evidence: string[] } {
  if (problem !== null) return { denied: false, evidence: [`nft inet banwatch: ${problem}`] };
  const six = prefix.includes(":") ? 6 : 4;
  const denied = coveringOf(deny, prefix);
  const allowed = coveringOf(allow, prefix);
  const evidence = [
    `nft inet banwatch deny${six}: ${denied === null ? `${prefix} is not in it` : `${denied} is in it`}`,
  ];
  if (allowed !== null) evidence.push(`nft inet banwatch allow${six}: ${allowed} is in it, and wins`);
  return { denied: denied !== null && allowed === null, evidence };
}

/** What the firewall lacks, or has too much, in words; null when it is as it should be. */
function differenceOf(wanted: RuleTexts, found: RuleTexts): string | null {
  for (const effect of ["deny", "allow"] as const) {
    const want = new Set(wanted[effect]);
    const have = new Set(found[effect]);
    const missing = [...want].find((prefix) => !have.has(prefix));
    if (missing !== undefined) return `${effect}: ${missing} is missing`;
    const extra = [...have].find((prefix) => !want.has(prefix));
    if (extra !== undefined) return `${effect}: ${extra} is in it, and should not be`;
  }
  return null;
}
