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

export type RequestVerdict = "valid" | "signature_invalid" | "clock_skew";

/** Whether the key signed just this request, just now. */
export async function verifyRequest(
  key: CryptoKey,
  jws: string,
  request: { nowMs: number; method: string; path: string; body: Uint8Array },
): Promise<RequestVerdict> {
  let claims: RequestClaims;
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: ["EdDSA"] });
    claims = claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return "signature_invalid";
  }
  const same =
    claims.method === request.method &&
    claims.path === request.path &&
    claims.bodySha256 === sha256(request.body);
  if (!same) return "signature_invalid";
  return Math.abs(request.nowMs - claims.iatMs) <= REQUEST_MAX_AGE_MS ? "valid" : "clock_skew";
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}
