import type { Prefix } from "../../lib/event/address.ts";

/** What must be in the firewall. No two of `deny` overlap, nor two of `allow`; allow wins over deny. */
export type RuleSet = { deny: readonly Prefix[]; allow: readonly Prefix[] };

export type DriverState = { state: "ready"; driver: "nftables" } | { state: "unavailable"; reason: string };

/** A kind of firewall that enforces rules. It owns its own table or chain and touches nothing else. */
export type RuleDriver = {
  /** Whether it can be used here at all, and if not why, in the host's own words. */
  probe(): Promise<DriverState>;
  /** Makes the firewall hold just these rules, all at once or not at all. Throws the host's own words. */
  apply(rules: RuleSet): Promise<void>;
  /** What the firewall holds; `problem` is set when the table isn't there or wouldn't stop traffic as it should. */
  read(): Promise<{ rules: RuleSet; problem: string | null }>;
  /** Whether traffic from all of `prefix` is stopped now, and what the firewall was seen to hold, a line each. */
  check(prefix: Prefix): Promise<{ denied: boolean; evidence: string[] }>;
};
