import type pg from "pg";
import { type ActionProgress, loadActions } from "./action-progress.ts";

/** A command that failed stays on top of the list for this long; in the log of actions it stays for ever. */
const FAILED_SHOWN_MS = 24 * 60 * 60 * 1000;
const EXPIRED_SHOWN_MS = 60 * 60 * 1000;
/** What was just done stays on top until somebody had the time to see it. */
const DONE_SHOWN_MS = 60 * 1000;
const MAX_ACTIONS = 50;
/** The open row loads the others. */
const COMMANDS_EACH = 50;

/**
 * The newest action of each address that is under way, went wrong, or was done within the last minute; newest first.
 * A command counts no more once its action was undone, a later one went to the same host for the same address, or the
 * host was revoked.
 */
export async function loadActionsInProgress(pool: pg.Pool, nowMs: number): Promise<ActionProgress[]> {
  const { rows } = await pool.query<{ action_id: string }>(
    `with open as (
       select c.action_id, c.address from command c join host h on h.id = c.host_id and h.revoked_at is null
       where c.state <> 'verified'
         and (c.state <> 'failed' or c.ended_at is null or c.ended_at > $1)
         and (c.state <> 'expired' or c.ended_at is null or c.ended_at > $2)
         and not exists (select from action taking_back where taking_back.undoes = c.action_id)
         and not exists (
           select from command later
           where later.address = c.address and later.host_id = c.host_id and later.queued_at > c.queued_at
         )
       union
       select c.action_id, c.address from action a join command c on c.action_id = a.id where a.at > $3
     ), newest as (
       select distinct on (open.address) open.action_id, a.at
       from open join action a on a.id = open.action_id order by open.address, a.at desc
     )
     select action_id from newest order by at desc limit ${MAX_ACTIONS}`,
    [new Date(nowMs - FAILED_SHOWN_MS), new Date(nowMs - EXPIRED_SHOWN_MS), new Date(nowMs - DONE_SHOWN_MS)],
  );
  const actions = await loadActions(pool, [...new Set(rows.map((row) => row.action_id))], COMMANDS_EACH);
  return actions.filter((action) => action.address !== null);
}
