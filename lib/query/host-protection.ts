import type pg from "pg";
import type { Status } from "../wire/wire.ts";
import { hostProblems } from "./host-condition.ts";

export type HostProtection = {
  /** Hosts with an agent, the worst first. */
  hosts: { id: string; name: string; state: "protected" | "silent" | "unprotected" }[];
  protectedCount: number;
  silentCount: number;
  /** The worst host, with what is wrong; also when it is protected but degraded. Null: all is well. */
  worst: { id: string; name: string; text: string } | null;
  /** When the agent that was silent the longest reported. */
  oldestReportMs: number | null;
};

const STATE_ORDER = { unprotected: 0, silent: 1, protected: 2 };

/** A host is protected when its agent reports and fail2ban, or without fail2ban its firewall, works. */
export async function hostProtection(pool: pg.Pool, nowMs: number): Promise<HostProtection> {
  const { rows } = await pool.query<{
    id: string;
    name: string;
    lastSeen: Date | null;
    difference: number | null;
    status: Status | null;
  }>(
    `select id, name, last_seen_at as "lastSeen", clock_difference_ms::float8 as difference, status
     from host where kind = 'agent' and revoked_at is null order by name`,
  );
  const judged = rows.map((row) => {
    const lastSeenAtMs = row.lastSeen?.getTime() ?? null;
    const problems = hostProblems(
      { lastSeenAtMs, clockDifferenceMs: row.difference, status: row.status },
      nowMs,
    );
    const kinds = new Set(problems.map((problem) => problem.kind));
    const state =
      kinds.has("silent") || kinds.has("never_connected")
        ? ("silent" as const)
        : kinds.has("fail2ban_stopped") || kinds.has("nothing_protects")
          ? ("unprotected" as const)
          : ("protected" as const);
    return { id: row.id, name: row.name, state, problem: problems[0]?.text ?? null, lastSeenAtMs };
  });
  judged.sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state]);
  const worst = judged.find((host) => host.problem !== null);
  const seen = judged.flatMap((host) => host.lastSeenAtMs ?? []);
  return {
    hosts: judged.map(({ id, name, state }) => ({ id, name, state })),
    protectedCount: judged.filter((host) => host.state === "protected").length,
    silentCount: judged.filter((host) => host.state === "silent").length,
    worst: worst ? { id: worst.id, name: worst.name, text: worst.problem ?? "" } : null,
    oldestReportMs: seen.length === 0 ? null : Math.min(...seen),
  };
}
