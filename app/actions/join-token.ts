"use server";

import { connections } from "../../lib/db/client.ts";
import { issueJoinToken } from "../../lib/host/join-tokens.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

/** A token that connects one host, within the hour. */
export async function createJoinTokenAction(): Promise<
  { ok: true; token: string; expiresAtMs: number } | Refused
> {
  return answerAction(async () => {
    const person = await authoriseCaller("admin");
    return issueJoinToken(connections(), person, Date.now());
  });
}
