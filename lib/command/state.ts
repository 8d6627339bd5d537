import type { command } from "../db/schema/index.ts";
import type { Report } from "../wire/wire.ts";

export type CommandState = typeof command.$inferSelect.state;

/** An unban that a host didn't hear of in this time is no longer meant. */
export const COMMAND_TTL_MS = 60 * 60 * 1000;
/** Said of a command that somebody took back before the host was done with it. */
export const TAKEN_BACK = "Taken back before the host reported it done.";

/**
 * The states from which a report may move a command. Every other report is out of order or a repetition and changes
 * nothing. What follows a rule is tried again and again by the agent, so it comes back from `failed` and `drifted`. A report that arrives after a command expired is still the truth about the host.
 */
export function statesBefore(reported: Report["state"], followsRule: boolean): CommandState[] {
  const repaired: CommandState[] = followsRule ? ["failed", "drifted"] : [];
  switch (reported) {
    case "delivered":
      return ["queued"];
    case "applied":
      return ["queued", "delivered", "expired", ...repaired];
    case "verified":
      return ["queued", "delivered", "applied", "expired", ...repaired];
    case "failed":
      return ["queued", "delivered", "applied", "expired", ...(followsRule ? (["drifted"] as const) : [])];
    case "drifted":
      return ["delivered", "applied", ...(followsRule ? (["verified"] as const) : [])];
    default:
      return reported satisfies never;
  }
}
