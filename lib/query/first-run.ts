import type pg from "pg";

/** How far the way to the first map is. */
export type FirstRunProgress = {
  asOfMs: number;
  hasEvents: boolean;
  /** Agents that enrolled, with what they have read so far. */
  agents: { name: string; connected: boolean; lines: number; events: number }[];
  /** The newest join token that can still be used ends then; null: there is none. */
  tokenEndsMs: number | null;
};

export async function firstRunProgress(pool: pg.Pool, nowMs: number): Promise<FirstRunProgress> {
  const [agents, state] = await Promise.all([
    pool.query<FirstRunProgress["agents"][number]>(
      `select h.name, h.last_seen_at is not null as connected,
         coalesce(sum((s ->> 'lines')::float8), 0) as lines, coalesce(sum((s ->> 'events')::float8), 0) as events
       from host h left join lateral jsonb_array_elements(h.status -> 'sources') as s on true
       where h.kind = 'agent' and h.revoked_at is null group by h.id order by h.name`,
    ),
    pool.query<{ hasEvents: boolean; tokenEnds: Date | null }>(
      `select exists (select from slot_count) as "hasEvents",
         (select max(expires_at) from join_token where used_at is null and expires_at > $1) as "tokenEnds"`,
      [new Date(nowMs)],
    ),
  ]);
  return {
    asOfMs: nowMs,
    hasEvents: state.rows[0]?.hasEvents ?? false,
    agents: agents.rows,
    tokenEndsMs: state.rows[0]?.tokenEnds?.getTime() ?? null,
  };
}
