import { createHash } from "node:crypto";
import { CompactSign, compactVerify, type CryptoKey, decodeProtectedHeader } from "jose";
import * as z from "zod";

/** A request is refused when its signature is older or younger than this, by the app's clock. */
const REQUEST_MAX_AGE_MS = 120_000;

const claimsSchema = z.strictObject({
  iatMs: z.int(),
  method: z.string(),
  /** Path with query, as requested. */
  path: z.string(),
  /** SHA-256 of the body as sent (after compression), base64url; of nothing for GET. */
  bodySha256: z.string(),
});
type RequestClaims = z.infer<typeof claimsSchema>;

const SCHEME = "Banwatch ";

/** The value of the `Authorization` header that proves that the host's key sent this request (RFC 7515, EdDSA). */
export async function signRequest(
  key: CryptoKey,
  hostId: string,
  request: { nowMs: number; method: string; path: string; body: Uint8Array },
): Promise<string> {
  const claims: RequestClaims = {
    iatMs: request.nowMs,
    method: request.method,
    path: request.path,
    bodySha256: sha256(request.body),
  };
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "EdDSA", kid: hostId })
    .sign(key);
  return SCHEME + jws;
}

/** The host that the header claims to be, unproven; null when the header isn't ours. */
export function claimedHost(authorization: string | null): { jws: string; hostId: string } | null {
  if (authorization === null || !authorization.startsWith(SCHEME)) return null;
  const jws = authorization.slice(SCHEME.length);
  try {
    const { kid } = decodeProtectedHeader(jws);
    return typeof kid === "string" && z.uuid().safeParse(kid).success ? { jws, hostId: kid } : null;
  } catch {
    return null;
  }
}

type RequestVerdict = "valid" | "signature_invalid" | "clock_skew";

/** What a request's signature says before its body is there. `bodySha256` is null when the signature isn't valid. */
export type VerifiedHead = { verdict: RequestVerdict; bodySha256: string | null };

/** Whether the key signed a request of this method and path, just now; its body is for `isBodyOf`. */
export async function verifyHead(
  key: CryptoKey,
  jws: string,
  request: { nowMs: number; method: string; path: string },
): Promise<VerifiedHead> {
  let claims: RequestClaims;
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: ["EdDSA"] });
    claims = claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return INVALID;
  }
  if (claims.method !== request.method || claims.path !== request.path) return INVALID;
  const isNow = Math.abs(request.nowMs - claims.iatMs) <= REQUEST_MAX_AGE_MS;
  return { verdict: isNow ? "valid" : "clock_skew", bodySha256: claims.bodySha256 };
}
const INVALID: VerifiedHead = { verdict: "signature_invalid", bodySha256: null };

/** Whether these are the bytes that were signed with the head. */
export function isBodyOf(head: VerifiedHead, body: Uint8Array): boolean {
  return head.bodySha256 === sha256(body);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}
