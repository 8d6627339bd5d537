import { parsePrefix, type Prefix } from "../../lib/event/address.ts";
import type { Report, RulesOrder } from "../../lib/wire/wire.ts";
import type { Enforcer, RuleTexts } from "../firewall/enforcer.ts";
import { lockoutsIn } from "../firewall/lockout.ts";
import { type Log, sayOnce } from "./agent-log.ts";
import { type Guarded, refusalToBlock } from "./guarded.ts";
import { activeOf, type KeptRule, keptSchema, newlyBlocking, rulesAfter } from "./kept-rules.ts";
import { coveringOf, differenceOf, lookIn, ruleSetOf } from "./rule-set.ts";
import type { StateDirectory } from "./state-directory.ts";
import { wordsOf } from "./words.ts";

const FILE = "rules.json";
/** With more to report on than this, the whole table is read once instead of one address after the other. */
const LOOK_EACH_MAX = 8;

/** Whether the app answers; unknown when the agent ends before that is clear. */
export type Reach = "reached" | "cut off" | "unknown";
const CUT_OFF =
  "It cut this host off from Banwatch, so the host took it back: the app could not be reached for a minute.";

export type RuleKeeperParts = {
  state: StateDirectory;
  enforcer: Enforcer;
  report: (report: Report) => void;
  guarded: () => Promise<Guarded>;
  /** Whether the app can still be reached; it tries for as long as the agent waits for that. */
  reachesApp: () => Promise<Reach>;
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
  readonly #sayUnreported: (sentence: string | null) => void;
  #generation = 0;
  #rules = new Map<string, KeptRule>();
  #applied: RuleTexts | null = null;
  /** The rules that `#applied` was made of. */
  #appliedRules: readonly KeptRule[] | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RuleKeeperParts) {
    this.#parts = parts;
    this.#sayTrouble = sayOnce(parts.log);
    this.#sayUnreported = sayOnce(parts.log);
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

  /** Why this host must not block `prefix`, in a sentence; null when it may. */
  async refusalToBlock(prefix: string): Promise<string | null> {
    const guarded = await this.#parts.guarded();
    return refusalToBlock(parsePrefix(prefix)!, guarded, allowedBy(this.#active()));
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
    const guarded = await this.#parts.guarded();
    const told = order.rules.filter(({ commandId }) => commandId !== undefined);
    for (const rule of told) this.#report(rule.commandId, "delivered");
    const wasActive = this.#active();
    const after = rulesAfter(this.#rules, order);
    const refused = this.#refuse(order, wasActive, after, guarded);
    for (const rule of newlyBlocking(wasActive, this.#active(after)))
      after.set(rule.ruleId, { ...rule, probation: true });
    // Only what is on disk counts: when that fails, all stays as it was, and the app sends the order again.
    this.#save(order.generation, after);
    for (const rule of refused) this.#report(rule.commandId, "failed", { detail: rule.refused });
    try {
      await this.#apply();
    } catch (error) {
      // Nothing has changed in the firewall. The rules stay wanted: the next check tries again.
      for (const rule of told) {
        if (!this.#isRefused(rule)) this.#report(rule.commandId, "failed", { detail: wordsOf(error) });
      }
      return true;
    }
    const done = told.filter((rule) => !this.#isRefused(rule));
    for (const rule of done) this.#report(rule.commandId, "applied");
    await this.#settle(done);
    return true;
  }

  /** Marks what this host must not do, and answers with it: what is new, and what an allow rule has covered so far. */
  #refuse(
    order: RulesOrder,
    wasActive: readonly KeptRule[],
    after: Map<string, KeptRule>,
    guarded: Guarded,
  ): KeptRule[] {
    const active = this.#active(after);
    const allowed = allowedBy(active);
    const refused: KeptRule[] = [];
    const ordered = new Set(order.rules.map(({ ruleId }) => ruleId));
    const asked = active.filter(({ ruleId, effect }) => effect === "deny" && ordered.has(ruleId));
    for (const rule of new Set([...asked, ...newlyBlocking(wasActive, active)])) {
      const refusal = refusalToBlock(parsePrefix(rule.prefix)!, guarded, allowed);
      if (refusal === null) continue;
      const marked = { ...rule, refused: refusal };
      after.set(rule.ruleId, marked);
      refused.push(marked);
    }
    return refused;
  }

  #isRefused({ ruleId }: { ruleId: string }): boolean {
    return this.#rules.get(ruleId)?.refused !== undefined;
  }

  /** Ends probation: `done` is proved when the app can be reached, and what may have cut it off goes when it can't. */
  async #settle(done: RulesOrder["rules"]): Promise<void> {
    const onProbation = this.#active().filter(({ probation }) => probation === true);
    if (onProbation.length === 0) {
      await this.#verify(done);
      return;
    }
    const reach = await this.#parts.reachesApp();
    // It stays on probation: the next start asks again.
    if (reach === "unknown") return;
    const after = new Map(this.#rules);
    for (const { probation: _, ...rule } of onProbation) {
      after.set(rule.ruleId, reach === "reached" ? rule : { ...rule, refused: CUT_OFF });
    }
    this.#note(after);
    if (reach === "cut off") await this.#takeBack(onProbation);
    await this.#verify(done.filter((rule) => !this.#isRefused(rule)));
  }

  /** The firewall goes back to what it was: with these rules, this host could not hear of the next ones. */
  async #takeBack(cutOffBy: readonly KeptRule[]): Promise<void> {
    let detail = CUT_OFF;
    try {
      await this.#apply();
    } catch (error) {
      detail = `It cut this host off from Banwatch, and taking it back failed: ${wordsOf(error)}`;
    }
    this.#parts.log(detail);
    for (const rule of cutOffBy) this.#report(rule.commandId, "failed", { detail });
  }

  /** Reads the firewall back and says of each rule whether it holds. */
  async #verify(rules: RulesOrder["rules"]): Promise<void> {
    if (rules.length === 0) return;
    try {
      const listed = rules.length > LOOK_EACH_MAX ? await this.#parts.enforcer.listRules() : null;
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
    let tookMs = 0;
    try {
      const wanted = ruleSetOf(this.#active());
      const { rules, problem } = await this.#parts.enforcer.listRules();
      tookMs = performance.now() - startedMs;
      const drift = problem ?? differenceOf(wanted, rules);
      if (drift !== null) await this.#repair(drift, wanted, problem === null ? rules.deny : []);
      // What was on probation when the agent was killed, nobody has asked about since.
      const onProbation = this.#active().filter(({ probation }) => probation === true);
      if (onProbation.length > 0)
        await this.#settle(onProbation.map((rule) => ({ ...rule, removed: false })));
      this.#sayTrouble(null);
      return tookMs;
    } catch (error) {
      this.#sayTrouble(`The firewall can't be kept as it should be: ${wordsOf(error)}`);
      return tookMs === 0 ? performance.now() - startedMs : tookMs;
    }
  }

  async #repair(drift: string, wanted: RuleTexts, denied: readonly string[]): Promise<void> {
    const isOurs = this.#applied !== null && differenceOf(wanted, this.#applied) === null;
    if (isOurs) this.#parts.log(`The firewall is not as it should be (${drift}): it is repaired.`);
    else this.#doubtUncovered();
    const have = new Set(denied);
    const affected = this.#active().filter(
      ({ effect, prefix }) => effect === "deny" && coveringOf(have, prefix) === null,
    );
    // What is open now is closed first, and told after.
    await this.#apply();
    if (isOurs) for (const rule of affected) this.#report(rule.commandId, "drifted", { detail: drift });
    await this.#verify(affected.map((rule) => ({ ...rule, removed: false })));
  }

  /** An allow rule whose time is over may uncover a rule that cuts this host off. */
  #doubtUncovered(): void {
    if (this.#appliedRules === null) return;
    const newly = newlyBlocking(this.#appliedRules, this.#active());
    if (newly.every(({ probation }) => probation === true)) return;
    const after = new Map(this.#rules);
    for (const rule of newly) after.set(rule.ruleId, { ...rule, probation: true });
    this.#note(after);
  }

  async #apply(): Promise<void> {
    this.#refuseLockouts();
    const active = this.#active();
    const wanted = ruleSetOf(active);
    await this.#parts.enforcer.allow(wanted);
    this.#applied = wanted;
    this.#appliedRules = active;
  }

  /** The host may have other addresses than when a rule came: one that blocks them must not hold up the others. */
  #refuseLockouts(): void {
    const denies = this.#active().filter(({ effect }) => effect === "deny");
    const lockouts = lockoutsIn(denies.map(({ prefix }) => parsePrefix(prefix)!));
    if (lockouts.length === 0) return;
    const reasons = new Map(lockouts.map(({ prefix, reason }) => [prefix.text, reason]));
    const after = new Map(this.#rules);
    for (const rule of denies) {
      const refused = reasons.get(rule.prefix);
      if (refused === undefined) continue;
      after.set(rule.ruleId, { ...rule, refused });
      this.#report(rule.commandId, "failed", { detail: refused });
    }
    this.#note(after);
  }

  #active(rules: ReadonlyMap<string, KeptRule> = this.#rules): KeptRule[] {
    return activeOf(rules, this.#parts.appNowMs());
  }

  /** Throws when it can't be written down; then nothing has changed. */
  #save(generation: number, rules: Map<string, KeptRule>): void {
    this.#parts.state.writeJson(FILE, { generation, rules: [...rules.values()] });
    this.#generation = generation;
    this.#rules = rules;
  }

  /** Keeps what was found out of rules, on disk if that can be: the firewall must be put right also when it can't. */
  #note(rules: Map<string, KeptRule>): void {
    try {
      this.#save(this.#generation, rules);
    } catch (error) {
      this.#rules = rules;
      this.#parts.log(`What was found out about rules could not be written down: ${wordsOf(error)}`);
    }
  }

  /** A report that can't be kept must not keep the firewall from being as it should be. */
  #report(commandId: string | undefined, state: Report["state"], more: Partial<Report> = {}): void {
    if (commandId === undefined) return;
    try {
      this.#parts.report({ commandId, state, atMs: this.#parts.now(), ...more });
    } catch (error) {
      this.#sayUnreported(`What became of rules can't be told: ${wordsOf(error)}`);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }
}

function allowedBy(active: readonly KeptRule[]): Prefix[] {
  return active.filter(({ effect }) => effect === "allow").map(({ prefix }) => parsePrefix(prefix)!);
}
