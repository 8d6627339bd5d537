import { clockMinute, clockTime, counted, shortDay, span } from "../charts/format.ts";
import type { ActionProgress, CommandProgress, CommandState } from "../../lib/query/action-progress.ts";

/** `0.04 s`, `0.4 s`, `12 s`, `3 min`: how long a step took. */
export function took(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 0.095) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  return span(durationMs);
}

/** `03:11:52` today, `Thu 19 Nov 03:11` before. */
export function whenOf(timeMs: number, nowMs: number): string {
  const sameDay = Math.floor(timeMs / 86_400_000) === Math.floor(nowMs / 86_400_000);
  return sameDay ? clockTime(timeMs) : `${shortDay(timeMs)} ${clockMinute(timeMs)}`;
}

/** `Fri 20 Nov 2026, 03:11:52.400 UTC` */
export function exactTime(timeMs: number): string {
  return `${shortDay(timeMs)} ${new Date(timeMs).getUTCFullYear()}, ${new Date(timeMs).toISOString().slice(11, 23)} UTC`;
}

export const STATE_WORD: Record<CommandState, string> = {
  queued: "Queued",
  delivered: "Delivered",
  applied: "Applied",
  verified: "Verified",
  failed: "Failed",
  expired: "Expired",
  drifted: "Drifted",
};

/** When a command came to the state that it is in. */
export function stateSinceMs(command: CommandProgress): number {
  switch (command.state) {
    case "queued":
      return command.queuedAtMs;
    case "delivered":
      return command.deliveredAtMs ?? command.queuedAtMs;
    case "applied":
      return command.appliedAtMs ?? command.queuedAtMs;
    case "verified":
      return command.verifiedAtMs ?? command.queuedAtMs;
    case "failed":
    case "expired":
    case "drifted":
      return command.endedAtMs ?? command.queuedAtMs;
    default:
      return command.state satisfies never;
  }
}

/** How long each step took that was reached: “delivered 0.1 s, applied 0.2 s, read back 0.1 s”. */
export function stepsTook(command: CommandProgress): string {
  const steps: string[] = [];
  let beforeMs = command.queuedAtMs;
  for (const [word, atMs] of [
    ["delivered", command.deliveredAtMs],
    ["applied", command.appliedAtMs],
    ["read back", command.verifiedAtMs],
  ] as const) {
    if (atMs === null) continue;
    steps.push(`${word} ${took(atMs - beforeMs)}`);
    beforeMs = atMs;
  }
  return steps.join(", ");
}

const AGENT_SILENT_MS = 5 * 60_000;

/** What happens on the host, or went wrong there. */
export function commandSentence(command: CommandProgress, nowMs: number): string {
  const lifts = command.verb === "unban" || command.verb === "lift";
  switch (command.state) {
    case "queued": {
      const silentMs = command.hostSeenAtMs === null ? null : nowMs - command.hostSeenAtMs;
      const waits =
        silentMs === null
          ? "Its agent never connected."
          : silentMs > AGENT_SILENT_MS
            ? `Agent silent for ${span(silentMs)}.`
            : "Waiting for the agent.";
      return command.expiresAtMs === null
        ? `${waits} Done when it is back.`
        : `${waits} Expires at ${clockMinute(command.expiresAtMs)} if not delivered.`;
    }
    case "delivered":
      return "Agent has it.";
    case "applied":
      return lifts ? "Ban is lifted, reading the firewall back." : "Ban is set, reading the firewall back.";
    case "verified":
      return `in ${took((command.verifiedAtMs ?? command.queuedAtMs) - command.queuedAtMs)}: ${stepsTook(command)}`;
    case "failed":
      return sentences(
        command.detail ?? "The host gave no reason",
        followsRule(command) ? "The agent tries again by itself" : null,
      );
    case "drifted": {
      const was =
        command.verifiedAtMs === null ? "" : `Was verified ${clockTime(command.verifiedAtMs)}, then: `;
      return sentences(
        `${was}${command.detail ?? "changed on the host"}`,
        followsRule(command) ? "The agent puts it back" : null,
      );
    }
    case "expired":
      return command.detail ?? "Not delivered in time. Nothing was changed, and nothing will be later.";
    default:
      return command.state satisfies never;
  }
}

/** The host's own words end as the host likes; what follows them is ours. */
function sentences(hostsWords: string, ours: string | null): string {
  if (ours === null) return hostsWords;
  return `${hostsWords}${/[.!?]$/.test(hostsWords) ? "" : "."} ${ours}.`;
}

function followsRule(command: CommandProgress): boolean {
  return command.verb === "deny" || command.verb === "lift";
}

/** What was done, as a title: “Unban on 2 hosts”. */
export function actionTitle(action: ActionProgress): string {
  const hosts = action.hostCount === 0 ? "" : ` on ${counted(action.hostCount, "host")}`;
  switch (action.verb) {
    case "unban":
      return `Unban${hosts}`;
    case "ban_permanently":
      return `Ban permanently${hosts}`;
    case "undo":
      return `Undo${hosts}`;
    case "create_join_token":
      return "Made a join token";
    case "enrol_host":
      return "Connected a host";
    case "revoke_host":
      return "Revoked a host";
    case "import":
      return "Imported a log";
    case "create_user":
      return "Added a user";
    case "change_role":
      return "Changed a role";
    case "delete_user":
      return "Removed a user";
    case "sign_in":
      return "Signed in";
    case "change_password":
      return "Changed a password";
    case "end_sessions":
      return "Signed a user out";
    default:
      return action.verb satisfies never;
  }
}

/** The state of an action as a whole, in a sentence that can be read out. */
export function actionOutcome(action: ActionProgress): string {
  const { counts, hostCount, completedAtMs } = action;
  if (hostCount === 0) return "";
  if (completedAtMs !== null) {
    const where = hostCount === 1 ? "" : ` on all ${hostCount} hosts`;
    return `verified${where} in ${took(completedAtMs - action.atMs)}`;
  }
  const parts = (["failed", "drifted", "expired", "queued", "delivered", "applied", "verified"] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => (hostCount === 1 ? state : `${counts[state]} ${state}`));
  return parts.join(", ");
}

/** How many hosts need a person. */
export function needsYou(action: ActionProgress): number {
  return action.counts.failed + action.counts.drifted;
}
