import type { Connections } from "../db/client.ts";
import type { RulesOrder } from "../wire/wire.ts";

type Row = {
  ruleId: string;
  effect: "deny" | "allow";
  prefix: string;
  untilMs: number | null;
  removed: boolean;
  commandId: string | null;
};

/** States in which somebody still waits for word of a `deny` or `lift`: the agent may yet do or repair it. */
const OPEN_STATES = ["queued", "delivered", "applied", "failed", "drifted"];

/**
 * What an agent that holds the rules of `generation` must learn: everything (base 0) when it holds none, or says a
 * generation that this database never gave out; otherwise what changed since. With `repeatOpen` also what it was told
 * before but hasn't reported as done. A rule carries a `commandId` only while somebody waits for it on this host.
 * All is read in one snapshot.
 */
export async function rulesSince(
  connections: Connections,
  hostId: string,
  generation: number,
  options: { repeatOpen: boolean },
): Promise<RulesOrder> {
  const { rows } = await connections.pool.query<{ generation: string; base: string; rules: Row[] }>(
    `with known as (
      select generation, case when $2::bigint > generation then 0 else $2::bigint end as base
      from (select coalesce((select generation from rule_generation), 0) as generation) newest
    ), open as (
      select distinct on (rule_id, verb) rule_id, verb, id
      from command
      where host_id = $1 and state = any($3::command_state[]) and rule_id is not null
      order by rule_id, verb, queued_at desc, id
    )
    select known.generation, known.base, coalesce((
      select jsonb_agg(jsonb_build_object(
        'ruleId', rule.id, 'effect', rule.effect, 'prefix', rule.prefix, 'removed', rule.removed_at is not null,
        'untilMs', floor(extract(epoch from rule.until) * 1000), 'commandId', open.id
      ) order by rule.generation, rule.id)
      from rule
      left join open on open.rule_id = rule.id
        and open.verb = case when rule.removed_at is null then 'deny' else 'lift' end::command_verb
      where (rule.host_id is null or rule.host_id = $1)
        and (($4 and open.id is not null) or case
          when known.base = 0 then rule.removed_at is null and (rule.until is null or rule.until > now())
          else rule.generation > known.base end)
    ), '[]') as rules
    from known`,
    [hostId, generation, OPEN_STATES, options.repeatOpen],
  );
  const { base, rules, ...newest } = rows[0]!;
  return {
    type: "rules",
    generation: Number(newest.generation),
    base: Number(base),
    rules: rules.map(({ commandId, ...rule }) => (commandId === null ? rule : { ...rule, commandId })),
  };
}
