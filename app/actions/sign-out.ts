"use server";

import { headers } from "next/headers";
import { signOut } from "../../lib/auth/sign-in.ts";
import { connections } from "../../lib/db/client.ts";
import { answerAction, type Refused, setCookies } from "./answer-action.ts";

/** Ends the caller's own session; does nothing for who has none. */
export async function signOutAction(): Promise<{ ok: true } | Refused> {
  return answerAction(async () => {
    await setCookies(await signOut(connections(), await headers()));
    return {};
  });
}
