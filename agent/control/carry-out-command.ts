import type { CommandOrder, Report } from "../../lib/wire/wire.ts";
import type { Enforcer } from "../firewall/enforcer.ts";
import { wordsOf } from "./words.ts";

/**
 * Lifts an address from fail2ban, or puts it back, and reads both fail2ban and the firewall back. Each step is
 * reported as it is reached; the last report is the outcome.
 */
export async function carryOutCommand(
  order: CommandOrder,
  by: {
    enforcer: Enforcer;
    report: (report: Report) => void;
    /** Why this host must not block an address; null when it may. */
    refusal: (prefix: string) => Promise<string | null>;
    now: () => number;
  },
): Promise<Report> {
  const step = (state: Report["state"], more: Partial<Report> = {}): Report => {
    const report = { commandId: order.commandId, state, atMs: by.now(), ...more };
    by.report(report);
    return report;
  };
  step("delivered");
  try {
    if (order.verb === "unban") await by.enforcer.unban(order.prefix);
    else {
      // The address may be somebody's who is let in by now.
      const refusal = await by.refusal(order.prefix);
      if (refusal !== null) return step("failed", { detail: refusal });
      await by.enforcer.ban(order.prefix, order.jails);
    }
    step("applied");
    const look = await by.enforcer.lookInFail2ban(order.prefix);
    if (order.verb === "unban") {
      const left = [...look.jails.map((jail) => `fail2ban's jail ${jail}`), ...look.places];
      if (left.length === 0) return step("verified", { evidence: look.evidence });
      return step("failed", {
        detail: `It is still in ${left.join(", ")}.`,
        evidence: look.evidence,
      });
    }
    const missing = order.jails.filter((jail) => !look.jails.includes(jail));
    if (missing.length === 0) return step("verified", { evidence: look.evidence });
    return step("failed", { detail: `fail2ban does not ban it in ${missing.join(", ")}.` });
  } catch (error) {
    return step("failed", { detail: wordsOf(error) });
  }
}
