import * as z from "zod";
import type { Connections } from "../db/client.ts";
import { type ActionProgress, loadActions } from "./action-progress.ts";

const PAGE_ROWS = 50;
/** The others are counted; the page of the address shows them all. */
const COMMANDS_EACH = 100;

const actionsRequestSchema = z.object({
  verb: z.enum(["unban", "ban_permanently", "undo"]).nullable().catch(null),
  /** An action's id: the page begins after it. */
  after: z.uuid().nullable().catch(null),
  /** An action's id: this one only. */
  only: z.uuid().nullable().catch(null),
});
export type ActionsRequest = z.infer<typeof actionsRequestSchema>;

export function readActionsRequest(parameters: URLSearchParams): ActionsRequest {
  return actionsRequestSchema.parse({
    verb: parameters.get("verb"),
    after: parameters.get("after"),
    only: parameters.get("only"),
  });
}

export type ActionsPage = {
  /** Newest first. */
  actions: ActionProgress[];
  next: string | null;
  asOfMs: number;
};

export async function queryActions(
  { pool }: Connections,
  request: ActionsRequest,
  nowMs: number,
): Promise<ActionsPage> {
  const { rows } = await pool.query<{ id: string }>(
    `select a.id from action a
     where ($1::action_verb is null or a.verb = $1)
       and ($2::uuid is null or (a.at, a.id) < (select at, id from action where id = $2))
       and ($3::uuid is null or a.id = $3)
     order by a.at desc, a.id desc limit ${PAGE_ROWS + 1}`,
    [request.verb, request.after, request.only],
  );
  const page = rows.slice(0, PAGE_ROWS).map((row) => row.id);
  return {
    actions: await loadActions(pool, page, COMMANDS_EACH),
    next: rows.length > PAGE_ROWS ? (page.at(-1) ?? null) : null,
    asOfMs: nowMs,
  };
}
