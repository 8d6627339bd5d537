"use server";

import * as z from "zod";
import { banPermanently, checkBannable } from "../../lib/action/ban-permanently.ts";
import type { Outcome } from "../../lib/action/outcome.ts";
import { connections } from "../../lib/db/client.ts";
import type { BannableCheck } from "../../lib/rule/why-not-bannable.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

const address = z.string().max(100);
const banSchema = z.object({
  address,
  scope: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("hosts"), hostIds: z.array(z.uuid()).min(1).max(10_000) }),
    z.object({ kind: z.literal("all") }),
  ]),
  reason: z.string().max(2000).optional(),
});
const checkSchema = z.object({ address });

/** Blocks the address or prefix without end, on these hosts or on all that are and will be connected. */
export async function banPermanentlyAction(
  input: z.input<typeof banSchema>,
): Promise<({ ok: true } & Outcome) | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("operator");
    return banPermanently(connections(), person, banSchema.parse(input), Date.now());
  });
}

/** What stands in the way of a ban, and what was looked at and doesn't. */
export async function checkBannableAction(
  input: z.input<typeof checkSchema>,
): Promise<{ ok: true; checks: BannableCheck[] } | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("operator");
    return { checks: await checkBannable(connections(), person, checkSchema.parse(input).address) };
  });
}
