import { calculateJwkThumbprint, type CryptoKey, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import { keyFingerprint } from "./join-token.ts";
import type { Enrolled } from "./wire.ts";

const ISSUER = "banwatch";

/** The answer to `enrol`: who the host is from now on, signed by the app, and the key that signed it. */
export const enrolAnswerSchema = z.object({
  jws: z.string().max(4096),
  /** The key that the agent pins; its fingerprint is in the join token. */
  appPublicKey: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().max(64) }),
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

const claimsSchema = z.object({
  enrolled: z.object({ hostId: z.uuid(), hostName: z.string().min(1).max(253) }),
  agentKeyThumbprint: z.string(),
});

/** Signs who the host is, bound to the agent's key. It has no end: the clock of the host may be wrong. */
export async function signEnrolment(
  key: CryptoKey,
  enrolled: Enrolled,
  agentPublicKey: JWK,
): Promise<string> {
  return new SignJWT({ enrolled, agentKeyThumbprint: await calculateJwkThumbprint(agentPublicKey) })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer(ISSUER)
    .sign(key);
}

/**
 * What the answer says, when it comes from the app whose fingerprint is in the join token and is meant for this
 * agent's key; null when it isn't: somebody else answered.
 */
export async function verifyEnrolment(
  answer: EnrolAnswer,
  expected: { appFingerprint: string; agentPublicKey: JWK },
): Promise<Enrolled | null> {
  try {
    if ((await keyFingerprint(answer.appPublicKey)) !== expected.appFingerprint) return null;
    const key = await importJWK(answer.appPublicKey, "EdDSA");
    const { payload } = await jwtVerify(answer.jws, key, { algorithms: ["EdDSA"], issuer: ISSUER });
    const claims = claimsSchema.parse(payload);
    const thumbprint = await calculateJwkThumbprint(expected.agentPublicKey);
    return claims.agentKeyThumbprint === thumbprint ? claims.enrolled : null;
  } catch {
    return null;
  }
}
