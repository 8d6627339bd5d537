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
    ), told as (
      select rule.* from known join rule on rule.generation > known.base
      where known.base > 0 or (rule.removed_at is null and (rule.until is null or rule.until > now()))
      union all
      select rule.* from known, open join rule on rule.id = open.rule_id
        and open.verb = case when rule.removed_at is null then 'deny' else 'lift' end::command_verb
      where $4 and case when known.base = 0 then rule.removed_at is not null else rule.generation <= known.base end
    )
    select known.generation, known.base, coalesce((
      select jsonb_agg(jsonb_build_object(
        'ruleId', told.id, 'effect', told.effect, 'prefix', told.prefix, 'removed', told.removed_at is not null,
        'untilMs', floor(extract(epoch from told.until) * 1000), 'commandId', open.id
      ) order by told.generation, told.id)
      from told
      left join open on open.rule_id = told.id
        and open.verb = case when told.removed_at is null then 'deny' else 'lift' end::command_verb
      where told.host_id is null or told.host_id = $1
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
