import { createHash } from "node:crypto";
import type { Status } from "../wire/wire.ts";

type Role = "web" | "mail" | "other";

/** A host of the demonstration. `weight`: its share of the attacks. */
export type DemoHost = { id: string; name: string; role: Role; weight: number; address: string };

const NAMES: readonly (readonly [name: string, role: Role, weight: number])[] = [
  ["web-01", "web", 14],
  ["web-02", "web", 9],
  ["web-03", "web", 7],
  ["web-04", "web", 6],
  ["web-05", "web", 5],
  ["web-06", "web", 4],
  ["mail-01", "mail", 9],
  ["mail-02", "mail", 6],
  ["db-01", "other", 2],
  ["db-02", "other", 2],
  ["db-03", "other", 2],
  ["git-01", "other", 7],
  ["vpn-01", "other", 5],
  ["shop-01", "web", 7],
  ["shop-02", "web", 4],
  ["app-01", "other", 4],
  ["app-02", "other", 3],
  ["app-03", "other", 3],
  ["app-04", "other", 2],
  ["dns-01", "other", 4],
  ["dns-02", "other", 3],
  ["backup-01", "other", 1],
  ["ci-01", "other", 3],
  ["mon-01", "other", 2],
];

export const DEMO_HOSTS: readonly DemoHost[] = NAMES.map(([name, role, weight], index) => ({
  id: idOf(name),
  name,
  role,
  weight,
  address: `198.51.100.${10 + index}`,
}));

export const SILENT_HOST = "db-03";
export const SILENT_FOR_MS = 14 * 60_000;

/** The jails of a host, by what it serves. */
function jailsOf(role: Role): string[] {
  const own = role === "web" ? ["nginx-bot-search"] : role === "mail" ? ["postfix-sasl"] : [];
  return ["recidive", "sshd", ...own].toSorted();
}

/** What such a host's agent would say of itself. */
export function statusOf(
  host: DemoHost,
  counts: { events: number; bansByJail: ReadonlyMap<string, number>; permanent: number },
  nowMs: number,
): Status {
  const startedAtMs = nowMs - 9 * 86_400_000;
  return {
    version: 1,
    agentVersion: "0.1.0",
    sentAtMs: nowMs,
    startedAtMs,
    fail2ban: {
      state: "running",
      version: "1.0.2",
      jails: jailsOf(host.role).map((name) => {
        const currentlyBanned = counts.bansByJail.get(name) ?? 0;
        return { name, currentlyBanned, totalBanned: currentlyBanned * 9 };
      }),
    },
    firewall: { state: "ready", driver: "nftables", rules: counts.permanent },
    sources: [
      {
        path: "/var/log/fail2ban.log",
        state: "following",
        lines: counts.events * 2,
        events: counts.events,
        ignored: counts.events,
        unreadable: 0,
        lastEventAtMs: nowMs,
      },
    ],
    spool: { events: 0, bytes: 0, lostEvents: 0 },
    guarded: { own: [host.address], gateways: ["198.51.100.1"], resolvers: ["198.51.100.2"] },
    rulesGeneration: 0,
  };
}

/** A UUID that is the same at every start. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(`banwatch demo ${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
