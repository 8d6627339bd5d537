import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";

/** How long a join token can be used. */
export const JOIN_TOKEN_TTL_MS = 60 * 60 * 1000;

const PREFIX = "bwj_";
const ID_BYTES = 8;
const SECRET_BYTES = 16;
const FINGERPRINT_BYTES = 16;

/**
 * What a person pastes on a host: which token, its secret, and the fingerprint of the app's key, so that the agent
 * knows the app even over plain HTTP. Text form: `bwj_` and 54 characters of base64url.
 */
export type JoinToken = { joinId: string; secret: Uint8Array; appFingerprint: string };

export function createJoinToken(appFingerprint: string): {
  token: string;
  joinId: string;
  secretHash: Buffer;
} {
  const id = randomBytes(ID_BYTES);
  const secret = randomBytes(SECRET_BYTES);
  const token =
    PREFIX + Buffer.concat([id, secret, Buffer.from(appFingerprint, "base64url")]).toString("base64url");
  return { token, joinId: id.toString("base64url"), secretHash: hashSecret(secret) };
}

/** Null when the text isn't a join token. */
export function parseJoinToken(token: string): JoinToken | null {
  if (!token.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  if (bytes.length !== ID_BYTES + SECRET_BYTES + FINGERPRINT_BYTES) return null;
  return {
    joinId: bytes.subarray(0, ID_BYTES).toString("base64url"),
    secret: bytes.subarray(ID_BYTES, ID_BYTES + SECRET_BYTES),
    appFingerprint: bytes.subarray(ID_BYTES + SECRET_BYTES).toString("base64url"),
  };
}

/** The first 16 bytes of the key's thumbprint (RFC 7638), base64url. */
export async function keyFingerprint(publicKey: JWK): Promise<string> {
  const thumbprint = Buffer.from(await calculateJwkThumbprint(publicKey, "sha256"), "base64url");
  return thumbprint.subarray(0, FINGERPRINT_BYTES).toString("base64url");
}

/** What the app keeps of the secret: enough to check a proof, useless to make the token again. */
export function hashSecret(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Proves knowledge of the secret for one public key of an agent, base64url. */
export async function joinProof(secretHash: Uint8Array, agentPublicKey: JWK): Promise<string> {
  const thumbprint = await calculateJwkThumbprint(agentPublicKey, "sha256");
  return createHmac("sha256", secretHash).update(`banwatch-enrol-v1\n${thumbprint}`).digest("base64url");
}

export async function joinProofHolds(
  secretHash: Uint8Array,
  agentPublicKey: JWK,
  proof: string,
): Promise<boolean> {
  const expected = Buffer.from(await joinProof(secretHash, agentPublicKey), "base64url");
  const given = Buffer.from(proof, "base64url");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
