"use server";

import { headers } from "next/headers";
import * as z from "zod";
import { signIn } from "../../lib/auth/sign-in.ts";
import { connections } from "../../lib/db/client.ts";
import { answerAction, type Refused, setCookies } from "./answer-action.ts";

const inputSchema = z.object({ email: z.string().max(254), password: z.string().max(1000) });

/** Open to everybody: this is the door. */
export async function signInAction(input: z.input<typeof inputSchema>): Promise<{ ok: true } | Refused> {
  return answerAction(async () => {
    const credentials = inputSchema.parse(input);
    await setCookies(await signIn(connections(), await headers(), credentials, Date.now()));
    return {};
  });
}
