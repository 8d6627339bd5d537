import type { Status } from "../../lib/wire/wire.ts";
import type { JailBans } from "./fail2ban.ts";
import type { DriverState } from "./rule-driver.ts";

/** What the operator's rules come to, in canonical prefixes; see `RuleSet`. */
export type RuleTexts = { deny: string[]; allow: string[] };

/**
 * The five verbs that need the host's highest rights; nothing else does. Arguments and answers are plain data, so that
 * the one who carries them out can be another process. All of them throw the host's own words.
 */
export type Enforcer = {
  /** What there is to work with. Never throws for what is missing: it says so. */
  probe(): Promise<{ firewall: DriverState; fail2ban: Status["fail2ban"] }>;
  /** What is blocked now. `fail2ban` is null when it isn't there or not running, so that it blocks nothing. */
  list(): Promise<{ fail2ban: JailBans[] | null; rules: RuleTexts; problem: string | null }>;
  /** Lifts an address in every jail of fail2ban. */
  unban(prefix: string): Promise<void>;
  /** Puts an address back into jails of fail2ban. */
  ban(prefix: string, jails: string[]): Promise<void>;
  /** Makes Banwatch's own table hold just these rules, at once or not at all. */
  allow(rules: RuleTexts): Promise<void>;
  /** `list`, of one address: who blocks it now, and what was read to know it, a line each. */
  look(prefix: string): Promise<Look>;
};

export type Look = {
  /** The jails of fail2ban that ban it. */
  jails: string[];
  /** The places of the firewall where fail2ban put it. */
  places: string[];
  /** What was read of fail2ban and of its part of the firewall. */
  fail2banEvidence: string[];
  /** Whether Banwatch's own table stops it. */
  denied: boolean;
  ruleEvidence: string[];
};
