"use server";

import { agentPackageHash } from "../../lib/agent-package/agent-package.ts";
import { connections } from "../../lib/db/client.ts";
import { issueJoinToken } from "../../lib/host/join-tokens.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

/** A token that connects one host, within the hour, and the hash of the agent to run there. */
export async function createJoinTokenAction(): Promise<
  { ok: true; token: string; expiresAtMs: number; packageHash: string } | Refused
> {
  return answerAction(async () => {
    const person = await authoriseCaller("admin");
    const packageHash = await agentPackageHash();
    return { ...(await issueJoinToken(connections(), person, Date.now())), packageHash };
  });
}
