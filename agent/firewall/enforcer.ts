import type { Status } from "../../lib/wire/wire.ts";
import type { JailBans } from "./fail2ban.ts";
import type { DriverState } from "./rule-driver.ts";

/** What the operator's rules come to, in canonical prefixes; see `RuleSet`. */
export type RuleTexts = { deny: string[]; allow: string[] };

/**
 * The verbs that need the host's highest rights; nothing else does. Arguments and answers are plain data, so that
 * the one who carries them out can be another process. All of them throw the host's own words.
 */
export type Enforcer = {
  /** What there is to work with. Never throws for what is missing: it says so. */
  probe(): Promise<{ firewall: DriverState; fail2ban: Status["fail2ban"] }>;
  /** What is blocked now. `fail2ban` is null when it isn't there or not running. */
  list(): Promise<{ fail2ban: JailBans[] | null; rules: RuleTexts; problem: string | null }>;
  /** `list`, of Banwatch's own table alone: fail2ban isn't asked, so that one that hangs holds nothing up. */
  listRules(): Promise<{ rules: RuleTexts; problem: string | null }>;
  /** Addresses from which somebody has a session of ssh open: whose socket is whose, only root can see. */
  sessions(): Promise<string[]>;
  /** Lifts an address in every jail of fail2ban. */
  unban(prefix: string): Promise<void>;
  /** Puts an address back into jails of fail2ban. */
  ban(prefix: string, jails: string[]): Promise<void>;
  /** Makes Banwatch's own table hold just these rules, at once or not at all. */
  allow(rules: RuleTexts): Promise<void>;
  /** `list`, of one address: whether fail2ban and its part of the firewall have it. */
  lookInFail2ban(prefix: string): Promise<Fail2banLook>;
  /** `list`, of one address: whether Banwatch's own table stops it. */
  lookInRules(prefix: string): Promise<RuleLook>;
};

/** What was read to know it is in `evidence`, a line each. */
export type Fail2banLook = {
  /** The jails of fail2ban that ban it. */
  jails: string[];
  /** The places of the firewall where fail2ban put it. */
  places: string[];
  evidence: string[];
};
export type RuleLook = { denied: boolean; evidence: string[] };
