import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { SILENT_AFTER_MS } from "./host-condition.ts";

/** The small numbers beside the names of the pages. */
export type ShellCounts = {
  /** False until the first event of any kind arrived: the first run. */
  hasEvents: boolean;
  blocked: number;
  /** Hosts that are silent or whose fail2ban or firewall does not work. */
  hostsDegraded: number;
  /** Actions with a command that is not at its end. */
  actionsUnderWay: number;
};

export async function shellCounts(db: Database, nowMs: number): Promise<ShellCounts> {
  const { rows } = await db.execute<{
    has_events: boolean;
    blocked: string;
    hosts_degraded: string;
    actions_under_way: string;
  }>(sql`
    select
      exists (select from slot_count) as has_events,
      (select count(*) from blocked_address) as blocked,
      (select count(*) from host
        where kind = 'agent' and revoked_at is null and (
          last_seen_at is null
          or last_seen_at < ${new Date(nowMs - SILENT_AFTER_MS).toISOString()}::timestamptz
          or status -> 'fail2ban' ->> 'state' = 'stopped'
          or (status -> 'fail2ban' ->> 'state' = 'absent' and status -> 'firewall' ->> 'state' = 'unavailable')
        )) as hosts_degraded,
      (select count(distinct action_id) from command where state in ('queued', 'delivered', 'applied')) as actions_under_way
  `);
  const [row] = rows;
  return {
    hasEvents: row?.has_events ?? false,
    blocked: Number(row?.blocked ?? 0),
    hostsDegraded: Number(row?.hosts_degraded ?? 0),
    actionsUnderWay: Number(row?.actions_under_way ?? 0),
  };
}
