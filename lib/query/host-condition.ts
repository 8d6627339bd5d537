import type { Status } from "../wire/wire.ts";

/** An agent that the app has not heard from for longer than this counts as silent. */
export const SILENT_AFTER_MS = 5 * 60 * 1000;
/** Clocks that differ by more than this are shown as a problem. */
const CLOCK_DIFFERENCE_SHOWN_MS = 60 * 1000;

export type HostProblem = {
  kind:
    | "never_connected"
    | "silent"
    | "fail2ban_stopped"
    | "nothing_protects"
    | "firewall_unavailable"
    | "source"
    | "clock"
    | "lost_events";
  /** A sentence for a person. */
  text: string;
};

/** What is wrong with a host, worst first; empty when it is healthy. `status` is the agent's latest, null before it. */
export function hostProblems(
  host: { lastSeenAtMs: number | null; clockDifferenceMs: number | null; status: Status | null },
  nowMs: number,
): HostProblem[] {
  const { lastSeenAtMs, status } = host;
  if (lastSeenAtMs === null) {
    return [{ kind: "never_connected", text: "Its agent was enrolled and never connected." }];
  }
  const problems: HostProblem[] = [];
  if (isSilent(lastSeenAtMs, nowMs)) {
    problems.push({
      kind: "silent",
      text: `Agent silent for ${Math.floor((nowMs - lastSeenAtMs) / 60_000)} min. What the host blocks now is unknown.`,
    });
  }
  if (status === null) return problems;
  if (status.fail2ban.state === "stopped") {
    problems.push({ kind: "fail2ban_stopped", text: `fail2ban is not running: ${status.fail2ban.reason}` });
  }
  if (status.firewall.state === "unavailable") {
    const kind = status.fail2ban.state === "absent" ? "nothing_protects" : "firewall_unavailable";
    problems.push({ kind, text: `Banwatch can't use the firewall: ${status.firewall.reason}` });
  }
  for (const source of status.sources) {
    if (source.state === "following") continue;
    const why = source.reason === undefined ? "" : `: ${source.reason}`;
    problems.push({ kind: "source", text: `${source.path} is ${source.state}${why}` });
  }
  if (Math.abs(host.clockDifferenceMs ?? 0) > CLOCK_DIFFERENCE_SHOWN_MS) {
    const seconds = Math.round((host.clockDifferenceMs ?? 0) / 1000);
    problems.push({
      kind: "clock",
      text: `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this server's.`,
    });
  }
  if (status.spool.lostEvents > 0) {
    problems.push({
      kind: "lost_events",
      text: `${status.spool.lostEvents} events were lost when its spool was full; their counts are too low.`,
    });
  }
  return problems;
}

export function isSilent(lastSeenAtMs: number | null, nowMs: number): boolean {
  return lastSeenAtMs === null || nowMs - lastSeenAtMs > SILENT_AFTER_MS;
}
