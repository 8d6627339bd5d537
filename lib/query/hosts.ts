import type { Connections } from "../db/client.ts";
import type { Status } from "../wire/wire.ts";
import { type HostProblem, hostProblems, isSilent } from "./host-condition.ts";

export type HostRow = {
  id: string;
  name: string;
  kind: "agent" | "import";
  enrolledAtMs: number;
  revokedAtMs: number | null;
  /** When the app last heard from the agent; null: never. */
  lastSeenAtMs: number | null;
  /** The newest event that the host reported; null: none. */
  lastEventAtMs: number | null;
  /** The host's clock minus the app's. */
  clockDifferenceMs: number | null;
  silent: boolean;
  /** Worst first; empty for a healthy host, for imports and for revoked hosts. */
  problems: HostProblem[];
  /** The agent's latest word about itself; null before the first. */
  status: Pick<
    Status,
    "agentVersion" | "startedAtMs" | "fail2ban" | "firewall" | "sources" | "spool" | "rulesGeneration"
  > | null;
  /** Commands that wait for this host. */
  waitingCommands: number;
};

export type HostsPage = {
  /** Unhealthy first, then by name; imports and revoked hosts last. */
  hosts: HostRow[];
  /** The newest generation of rules; a host that has an older one is still catching up. */
  rulesGeneration: number;
  asOfMs: number;
};

export async function queryHosts({ pool }: Connections, nowMs: number): Promise<HostsPage> {
  const [hosts, generation] = await Promise.all([
    pool.query<{
      id: string;
      name: string;
      kind: "agent" | "import";
      enrolled_at: Date;
      revoked_at: Date | null;
      last_seen_at: Date | null;
      clock_difference_ms: number | null;
      status: Status | null;
      stored_at: Date | null;
      waiting: number;
    }>(
      `select h.id, h.name, h.kind, h.enrolled_at, h.revoked_at, h.last_seen_at,
         h.clock_difference_ms::float8 as clock_difference_ms, h.status,
         (select max(s.updated_at) from ingest_stream s where s.host_id = h.id and s.high_water > 0) as stored_at,
         (select count(*)::int from command c where c.host_id = h.id and c.state in ('queued', 'delivered', 'applied'))
           as waiting
       from host h`,
    ),
    pool.query<{ generation: number }>("select generation::float8 as generation from rule_generation"),
  ]);
  const rows = hosts.rows.map((row): HostRow => {
    const lastSeenAtMs = row.last_seen_at?.getTime() ?? null;
    const watched = row.kind === "agent" && row.revoked_at === null;
    const clockDifferenceMs = row.clock_difference_ms;
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      enrolledAtMs: row.enrolled_at.getTime(),
      revokedAtMs: row.revoked_at?.getTime() ?? null,
      lastSeenAtMs,
      lastEventAtMs: lastEventOf(row.status) ?? row.stored_at?.getTime() ?? null,
      clockDifferenceMs,
      silent: watched && isSilent(lastSeenAtMs, nowMs),
      problems: watched ? hostProblems({ lastSeenAtMs, clockDifferenceMs, status: row.status }, nowMs) : [],
      status: row.status === null ? null : withoutGuarded(row.status),
      waitingCommands: row.waiting,
    };
  });
  return {
    hosts: rows.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)),
    rulesGeneration: generation.rows[0]?.generation ?? 0,
    asOfMs: nowMs,
  };
}

function lastEventOf(status: Status | null): number | null {
  const times = (status?.sources ?? []).flatMap((source) => source.lastEventAtMs ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** A host's own addresses are nothing for a page. */
function withoutGuarded(status: Status): HostRow["status"] {
  const { agentVersion, startedAtMs, fail2ban, firewall, sources, spool, rulesGeneration } = status;
  return { agentVersion, startedAtMs, fail2ban, firewall, sources, spool, rulesGeneration };
}

function rank(host: HostRow): number {
  if (host.revokedAtMs !== null) return 4;
  if (host.kind === "import") return 3;
  if (host.silent) return 0;
  return host.problems.length > 0 ? 1 : 2;
}
