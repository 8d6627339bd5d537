import type { Connections } from "../db/client.ts";
import { type ActionProgress, loadActions } from "./action-progress.ts";
import { isSilent } from "./host-condition.ts";

const MAX_ACTIONS = 5;
const MAX_COMMANDS = 2_000;

/** What one host's firewall blocks, as last observed there. */
export type HostBan = {
  hostId: string;
  hostName: string;
  enforcer: "fail2ban" | "banwatch";
  /** Empty for Banwatch's own table. */
  jail: string;
  sinceMs: number;
  /** Null: without end, or not known when `untilKnown` is false. */
  untilMs: number | null;
  untilKnown: boolean;
  /** Since when the host is silent (0: always was); null: it is not. What a silent host blocks now is unknown. */
  silentSinceMs: number | null;
};

/** A standing wish of the operator for this address or a network around it. */
export type StandingRule = {
  id: string;
  effect: "deny" | "allow";
  prefix: string;
  /** Null: every host. */
  hostName: string | null;
  untilMs: number | null;
  actorName: string | null;
  atMs: number | null;
  reason: string | null;
};

/** All that the open row of an address shows. */
export type BanDetail = {
  address: string;
  bans: HostBan[];
  /** Newest first. */
  actions: ActionProgress[];
  rules: StandingRule[];
  /** Every host that has an agent, for the choice of scope. */
  hosts: { id: string; name: string; silent: boolean; silentSinceMs: number | null }[];
  asOfMs: number;
};

/** `address` is a canonical address or prefix. */
export async function queryBanDetail(
  { pool }: Connections,
  address: string,
  nowMs: number,
): Promise<BanDetail> {
  const [bans, actionIds, rules, hosts] = await Promise.all([
    pool.query<{
      host_id: string;
      host_name: string;
      enforcer: "fail2ban" | "banwatch";
      jail: string;
      since: Date;
      until: Date | null;
      until_known: boolean;
      last_seen_at: Date | null;
    }>(
      `select b.host_id, h.name as host_name, b.enforcer, b.jail, b.since, b.until, b.until_known, h.last_seen_at
       from ban b join host h on h.id = b.host_id where b.address = $1 order by h.name, b.enforcer, b.jail`,
      [address],
    ),
    pool.query<{ id: string }>(
      `select a.id from action a where a.id in (select action_id from command where address = $1)
       order by a.at desc limit ${MAX_ACTIONS}`,
      [address],
    ),
    pool.query<{
      id: string;
      effect: "deny" | "allow";
      prefix: string;
      host_name: string | null;
      until: Date | null;
      actor_name: string | null;
      at: Date | null;
      reason: string | null;
    }>(
      `select r.id, r.effect, r.prefix, h.name as host_name, r.until, a.actor_name, a.at, a.reason
       from rule r left join host h on h.id = r.host_id left join action a on a.id = r.action_id
       where r.removed_at is null and r.prefix >>= $1 order by a.at desc nulls last limit 50`,
      [address],
    ),
    pool.query<{ id: string; name: string; last_seen_at: Date | null }>(
      "select id, name, last_seen_at from host where kind = 'agent' and revoked_at is null order by name",
    ),
  ]);
  return {
    address,
    bans: bans.rows.map((row) => ({
      hostId: row.host_id,
      hostName: row.host_name,
      enforcer: row.enforcer,
      jail: row.jail,
      sinceMs: row.since.getTime(),
      untilMs: row.until?.getTime() ?? null,
      untilKnown: row.until_known,
      silentSinceMs: silentSince(row.last_seen_at, nowMs),
    })),
    actions: await loadActions(
      pool,
      actionIds.rows.map((row) => row.id),
      MAX_COMMANDS,
    ),
    rules: rules.rows.map((row) => ({
      id: row.id,
      effect: row.effect,
      prefix: row.prefix,
      hostName: row.host_name,
      untilMs: row.until?.getTime() ?? null,
      actorName: row.actor_name,
      atMs: row.at?.getTime() ?? null,
      reason: row.reason,
    })),
    hosts: hosts.rows.map((row) => ({
      id: row.id,
      name: row.name,
      silent: isSilent(row.last_seen_at?.getTime() ?? null, nowMs),
      silentSinceMs: silentSince(row.last_seen_at, nowMs),
    })),
    asOfMs: nowMs,
  };
}

function silentSince(lastSeenAt: Date | null, nowMs: number): number | null {
  const lastSeenMs = lastSeenAt?.getTime() ?? null;
  return isSilent(lastSeenMs, nowMs) ? (lastSeenMs ?? 0) : null;
}
