"use server";

import * as z from "zod";
import type { Outcome } from "../../lib/action/outcome.ts";
import { unban } from "../../lib/action/unban.ts";
import { connections } from "../../lib/db/client.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

const inputSchema = z.object({
  address: z.string().max(100),
  hostIds: z.array(z.uuid()).min(1).max(10_000).optional(),
  reason: z.string().max(2000).optional(),
});

/** Lifts the address on these hosts, or on all that block it. */
export async function unbanAction(
  input: z.input<typeof inputSchema>,
): Promise<({ ok: true } & Outcome) | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("operator");
    return unban(connections(), person, inputSchema.parse(input), Date.now());
  });
}
