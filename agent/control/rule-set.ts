import { parsePrefix } from "../../lib/event/address.ts";
import type { RuleTexts } from "../firewall/enforcer.ts";

/** A prefix of a rule that is in force. */
export type ActiveRule = { effect: "deny" | "allow"; prefix: string };

/** What the firewall must hold for these rules: each prefix once, and none that a wider one covers already. */
export function ruleSetOf(rules: readonly ActiveRule[]): RuleTexts {
  const texts = (effect: ActiveRule["effect"]) =>
    withoutCovered(rules.filter((rule) => rule.effect === effect).map(({ prefix }) => prefix));
  return { deny: texts("deny"), allow: texts("allow") };
}

/** Whether a set of prefixes covers all of `prefix`. */
export function coveringOf(set: ReadonlySet<string>, prefix: string): string | null {
  if (set.has(prefix)) return prefix;
  for (const wider of widerThan(prefix)) if (set.has(wider)) return wider;
  return null;
}

function withoutCovered(prefixes: string[]): string[] {
  const all = new Set(prefixes);
  // Nearly always there are only single addresses, which cover nothing.
  const hasPrefixes = [...all].some((text) => text.includes("/"));
  if (!hasPrefixes) return [...all];
  return [...all].filter((text) => {
    for (const wider of widerThan(text)) if (all.has(wider)) return false;
    return true;
  });
}

function* widerThan(text: string): Generator<string> {
  const prefix = parsePrefix(text);
  if (prefix === null) return;
  const address = text.split("/")[0]!;
  for (let bits = prefix.bits - 1; bits >= 0; bits -= 1) {
    const wider = parsePrefix(`${address}/${bits}`);
    if (wider !== null) yield wider.text;
  }
}

/** Whether all of `prefix` is stopped by a table that holds these, and what that is known from. */
export function lookIn(
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
export function differenceOf(wanted: RuleTexts, found: RuleTexts): string | null {
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
