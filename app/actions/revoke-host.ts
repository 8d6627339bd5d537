"use server";

import * as z from "zod";
import { connections } from "../../lib/db/client.ts";
import { geo } from "../../lib/geo/geo.ts";
import { revokeHost } from "../../lib/host/revoke-host.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

const inputSchema = z.object({ hostId: z.uuid() });

/** Refuses the host's key from now on. */
export async function revokeHostAction(
  input: z.input<typeof inputSchema>,
): Promise<{ ok: true; actionId: string } | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("admin");
    return revokeHost(connections(), await geo(), person, inputSchema.parse(input).hostId, Date.now());
  });
}
