"use server";

import { connections } from "../../lib/db/client.ts";
import { watchThisMachine } from "../../lib/local-agent/local-agent.ts";
import { answerAction, type Refused } from "./answer-action.ts";
import { authoriseCaller } from "./caller.ts";

/** Starts an agent on the machine that Banwatch runs on. */
export async function watchThisMachineAction(): Promise<{ ok: true } | Refused> {
  return answerAction(async () => {
    const person = await authoriseCaller("admin");
    await watchThisMachine(connections(), person, Date.now());
    return {};
  });
}
