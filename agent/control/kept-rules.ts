import * as z from "zod";
import { overlaps, parsePrefix } from "../../lib/event/address.ts";
import type { RulesOrder } from "../../lib/wire/wire.ts";

const keptRuleSchema = z.object({
  ruleId: z.string(),
  effect: z.enum(["deny", "allow"]),
  prefix: z.string(),
  untilMs: z.number().nullable(),
  commandId: z.string().optional(),
  /** Why this host doesn't do it; it is asked again when the app sends the rule again. */
  refused: z.string().optional(),
  /** It blocks, and the app has not been reached since: it may be what cuts this host off. */
  probation: z.boolean().optional(),
});
export type KeptRule = z.infer<typeof keptRuleSchema>;
export type KeptRules = ReadonlyMap<string, KeptRule>;
export const keptSchema = z.object({ generation: z.number(), rules: z.array(keptRuleSchema) });

/** The rules that are in force. */
export function activeOf(rules: KeptRules, nowMs: number): KeptRule[] {
  return [...rules.values()].filter(
    ({ untilMs, refused }) => refused === undefined && (untilMs === null || untilMs > nowMs),
  );
}

/** The rules as an order makes them, beside the ones that it builds on. */
export function rulesAfter(before: KeptRules, order: RulesOrder): Map<string, KeptRule> {
  const after = new Map(order.base === 0 ? [] : before);
  for (const rule of order.rules) {
    if (rule.removed) after.delete(rule.ruleId);
    else after.set(rule.ruleId, keptOf(rule));
  }
  return after;
}

/** The rules of `after` that may block what nothing blocked before: new ones, and those that an allow rule covered. */
export function newlyBlocking(before: readonly KeptRule[], after: readonly KeptRule[]): KeptRule[] {
  const settled = new Set(
    before.filter(({ effect, probation }) => effect === "deny" && probation !== true).map(prefixOf),
  );
  const allowed = new Set(after.filter(isAllow).map(prefixOf));
  const uncovered = before
    .filter((rule) => isAllow(rule) && !allowed.has(rule.prefix))
    .map(({ prefix }) => parsePrefix(prefix))
    .filter((prefix) => prefix !== null);
  return after.filter((rule) => {
    if (isAllow(rule)) return false;
    if (!settled.has(rule.prefix)) return true;
    const prefix = uncovered.length === 0 ? null : parsePrefix(rule.prefix);
    return prefix !== null && uncovered.some((one) => overlaps(one, prefix));
  });
}

function keptOf(rule: RulesOrder["rules"][number]): KeptRule {
  const { ruleId, effect, prefix, untilMs, commandId } = rule;
  return { ruleId, effect, prefix, untilMs, ...(commandId === undefined ? {} : { commandId }) };
}

function isAllow(rule: KeptRule): boolean {
  return rule.effect === "allow";
}

function prefixOf(rule: KeptRule): string {
  return rule.prefix;
}
