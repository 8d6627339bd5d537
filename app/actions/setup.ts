"use server";

import { headers } from "next/headers";
import * as z from "zod";
import { refuseOtherSites } from "../../lib/auth/authorise.ts";
import { createFirstAdmin } from "../../lib/auth/create-first-admin.ts";
import { peerAddress } from "../../lib/auth/peer-address.ts";
import { signIn } from "../../lib/auth/sign-in.ts";
import { connections } from "../../lib/db/client.ts";
import { answerAction, type Refused, setCookies } from "./answer-action.ts";

const inputSchema = z.object({
  token: z.string().max(100),
  name: z.string().max(1000),
  email: z.string().max(1000),
  password: z.string().max(1000),
});

/** Makes the first admin and signs them in. Open to who holds the one-time link, once. */
export async function setupAction(input: z.input<typeof inputSchema>): Promise<{ ok: true } | Refused> {
  return answerAction(async () => {
    const given = inputSchema.parse(input);
    const from = await headers();
    refuseOtherSites(from);
    await createFirstAdmin(connections(), { ...given, fromAddress: peerAddress(from) }, Date.now());
    await setCookies(await signIn(connections(), from, given, Date.now()));
    return {};
  });
}
