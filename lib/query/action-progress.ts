import type pg from "pg";

const COMMAND_STATES = [
  "queued",
  "delivered",
  "applied",
  "verified",
  "failed",
  "expired",
  "drifted",
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];
type CommandVerb = "unban" | "reban" | "deny" | "lift";
type ActionVerb =
  | "unban"
  | "ban_permanently"
  | "undo"
  | "create_join_token"
  | "enrol_host"
  | "revoke_host"
  | "import"
  | "create_user"
  | "change_role"
  | "delete_user"
  | "sign_in"
  | "change_password"
  | "end_sessions";

/** How far one instruction is on one host. */
export type CommandProgress = {
  id: string;
  hostId: string;
  hostName: string;
  verb: CommandVerb;
  state: CommandState;
  queuedAtMs: number;
  deliveredAtMs: number | null;
  appliedAtMs: number | null;
  verifiedAtMs: number | null;
  /** When it failed, expired or drifted. */
  endedAtMs: number | null;
  /** Null: never. */
  expiresAtMs: number | null;
  /** The host's own words. */
  detail: string | null;
  /** What the host's firewall said when it was read back. */
  evidence: string[];
  /** When the app last heard from the host; null: never. */
  hostSeenAtMs: number | null;
};

/** One action of a person, and how far it is on each host. */
export type ActionProgress = {
  id: string;
  verb: ActionVerb;
  /** The address or prefix acted on. */
  address: string | null;
  subject: string | null;
  actorName: string;
  fromAddress: string | null;
  atMs: number;
  reason: string | null;
  /** The action that this one takes back. */
  undoes: string | null;
  /** The newest action that takes this one back. */
  undoneBy: string | null;
  /** Hosts by the state of their command. */
  counts: Record<CommandState, number>;
  hostCount: number;
  /** When the last host verified; null while any has not, and for actions without commands. */
  completedAtMs: number | null;
  /** Those that need somebody first, then those under way, then verified ones; `hostCount` says how many there are. */
  commands: CommandProgress[];
};

type ActionRow = {
  id: string;
  verb: ActionVerb;
  address: string | null;
  subject: string | null;
  actor_name: string;
  from_address: string | null;
  at: Date;
  reason: string | null;
  undoes: string | null;
  undone_by: string | null;
};

type CommandRow = {
  action_id: string;
  id: string;
  host_id: string;
  host_name: string | null;
  host_seen_at: Date | null;
  verb: CommandVerb;
  address: string;
  state: CommandState;
  queued_at: Date;
  delivered_at: Date | null;
  applied_at: Date | null;
  verified_at: Date | null;
  ended_at: Date | null;
  expires_at: Date | null;
  detail: string | null;
  evidence: string[] | null;
};

/** Actions by id with their commands, in the order of the ids; at most `commandLimit` commands each. */
export async function loadActions(
  pool: pg.Pool,
  actionIds: readonly string[],
  commandLimit: number,
): Promise<ActionProgress[]> {
  if (actionIds.length === 0) return [];
  const [actions, counts, commands] = await Promise.all([
    pool.query<ActionRow>(
      `select a.id, a.verb, a.address, a.subject, a.actor_name, a.from_address, a.at, a.reason, a.undoes,
         (select u.id from action u where u.undoes = a.id order by u.at desc limit 1) as undone_by
       from action a where a.id = any($1::uuid[])`,
      [actionIds],
    ),
    pool.query<{ action_id: string; state: CommandState; count: number; last: Date | null; address: string }>(
      `select action_id, state, count(*)::int as count, max(verified_at) as last, min(address) as address
       from command where action_id = any($1::uuid[]) group by action_id, state`,
      [actionIds],
    ),
    pool.query<CommandRow>(
      `select c.*, h.name as host_name, h.last_seen_at as host_seen_at
       from (
         select *, row_number() over (partition by action_id order by ${ATTENTION_FIRST}) as rank
         from command where action_id = any($1::uuid[])
       ) as c left join host h on h.id = c.host_id
       where c.rank <= $2 order by c.action_id, c.rank`,
      [actionIds, commandLimit],
    ),
  ]);
  const byId = new Map(actions.rows.map((row) => [row.id, row]));
  return actionIds.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const states = counts.rows.filter((each) => each.action_id === id);
    return [
      progressOf(
        row,
        states,
        commands.rows.filter((each) => each.action_id === id),
      ),
    ];
  });
}

const ATTENTION_FIRST = `array_position(
  array['failed', 'drifted', 'expired', 'queued', 'delivered', 'applied', 'verified']::command_state[], state), queued_at, id`;

function progressOf(
  row: ActionRow,
  states: { state: CommandState; count: number; last: Date | null; address: string }[],
  commands: CommandRow[],
): ActionProgress {
  const counts = Object.fromEntries(
    COMMAND_STATES.map((state) => [state, states.find((each) => each.state === state)?.count ?? 0]),
  ) as Record<CommandState, number>;
  const hostCount = states.reduce((sum, each) => sum + each.count, 0);
  const verified = states.find((each) => each.state === "verified");
  return {
    id: row.id,
    verb: row.verb,
    address: row.address ?? states[0]?.address ?? null,
    subject: row.subject,
    actorName: row.actor_name,
    fromAddress: row.from_address,
    atMs: row.at.getTime(),
    reason: row.reason,
    undoes: row.undoes,
    undoneBy: row.undone_by,
    counts,
    hostCount,
    completedAtMs: verified?.count === hostCount ? (verified.last?.getTime() ?? null) : null,
    commands: commands.map(commandOf),
  };
}

function commandOf(row: CommandRow): CommandProgress {
  return {
    id: row.id,
    hostId: row.host_id,
    hostName: row.host_name ?? "a host that is gone",
    verb: row.verb,
    state: row.state,
    queuedAtMs: row.queued_at.getTime(),
    deliveredAtMs: row.delivered_at?.getTime() ?? null,
    appliedAtMs: row.applied_at?.getTime() ?? null,
    verifiedAtMs: row.verified_at?.getTime() ?? null,
    endedAtMs: row.ended_at?.getTime() ?? null,
    expiresAtMs: row.expires_at?.getTime() ?? null,
    detail: row.detail,
    evidence: row.evidence ?? [],
    hostSeenAtMs: row.host_seen_at?.getTime() ?? null,
  };
}
