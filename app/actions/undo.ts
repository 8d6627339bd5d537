"use server";

import * as z from "zod";
import type { Outcome } from "../../lib/action/outcome.ts";
import { undo } from "../../lib/action/undo.ts";
import { connections } from "../../lib/db/client.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

const inputSchema = z.object({ actionId: z.uuid() });

/** Puts back what was before the action. */
export async function undoAction(
  input: z.input<typeof inputSchema>,
): Promise<({ ok: true } & Outcome) | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("operator");
    return undo(connections(), person, inputSchema.parse(input).actionId, Date.now());
  });
}
