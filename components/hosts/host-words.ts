import type { HostRow } from "../../lib/query/hosts.ts";
import { counted, span } from "../charts/format.ts";

/** The state of a host in two words, with the shape that goes with it. */
export type HostState = {
  glyph: "needs-you" | "degraded" | "healthy-host" | "silent-host" | "other";
  word: string;
  tone: string;
};

export function hostState(host: HostRow, nowMs: number): HostState {
  if (host.revokedAtMs !== null) return { glyph: "other", word: "Revoked", tone: "text-t3" };
  if (host.kind === "import") return { glyph: "other", word: "Imported log", tone: "text-t2" };
  if (host.lastSeenAtMs === null) return { glyph: "silent-host", word: "Never connected", tone: "text-warn" };
  if (host.silent) {
    return { glyph: "silent-host", word: `Silent ${span(nowMs - host.lastSeenAtMs)}`, tone: "text-warn" };
  }
  if (host.problems.length > 0) return { glyph: "degraded", word: "Needs a look", tone: "text-warn" };
  return { glyph: "healthy-host", word: "Healthy", tone: "text-t1" };
}

/** `1.0.2, 3 jails, 171 banned`; what it says when it does not run. */
export function fail2banText(status: HostRow["status"]): string {
  if (status === null) return "Not known";
  const { fail2ban } = status;
  switch (fail2ban.state) {
    case "running": {
      const banned = fail2ban.jails.reduce((sum, jail) => sum + jail.currentlyBanned, 0);
      return `${fail2ban.version}, ${counted(fail2ban.jails.length, "jail")}, ${counted(banned, "ban")}`;
    }
    case "stopped":
      return "Not running";
    case "absent":
      return "Not installed";
    default:
      return fail2ban satisfies never;
  }
}

export function firewallText(status: HostRow["status"]): string {
  if (status === null) return "Not known";
  return status.firewall.state === "ready"
    ? `${status.firewall.driver}, ${counted(status.firewall.rules, "rule")}`
    : "Not usable";
}

/** `0 s`, `1.2 s ahead`, `70 s behind`; clocks within half a second are the same. */
export function clockText(differenceMs: number | null): string {
  if (differenceMs === null) return "Not known";
  const seconds = Math.abs(differenceMs) / 1000;
  if (seconds < 0.5) return "Same";
  const amount = seconds < 10 ? `${seconds.toFixed(1)} s` : span(Math.abs(differenceMs));
  return `${amount} ${differenceMs > 0 ? "ahead" : "behind"}`;
}

/** `3 s ago`, `never`. */
export function agoText(timeMs: number | null, nowMs: number): string {
  return timeMs === null ? "Never" : `${span(nowMs - timeMs)} ago`;
}

/** `12 kB`, `3.4 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
