import { eq } from "drizzle-orm";
import { importJWK, type CryptoKey, type JWK } from "jose";
import { type Connections, connections } from "../db/client.ts";
import { host } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { claimedHost, isBodyOf, type VerifiedHead, verifyHead } from "../wire/signed-request.ts";

export type AuthenticHost = { id: string; name: string };

/** A host whose key signed the head of a request; whether the body is the one that was signed is to be seen. */
type HeadOfHost = { host: AuthenticHost; head: VerifiedHead };

/**
 * The host whose key signed this request and body (as sent, compressed or not).
 * Throws AppError `signature_invalid`, `unknown_key`, `key_revoked`, or `clock_skew` with `detail.serverTimeMs`.
 */
export async function authenticateHost(
  request: Request,
  body: Uint8Array,
  from: { connections: Connections; nowMs: number } = { connections: connections(), nowMs: Date.now() },
): Promise<AuthenticHost> {
  const proven = await authenticateHead(request, from);
  return withBody(proven, body);
}

/**
 * The host whose key signed this request's method, path and time, without a look at the body: `withBody` does that.
 * Throws as `authenticateHost` does.
 */
export async function authenticateHead(
  request: Request,
  from: { connections: Connections; nowMs: number },
): Promise<HeadOfHost> {
  const claim = claimedHost(request.headers.get("authorization"));
  if (claim === null) {
    throw new AppError("signature_invalid", "The request carries no signature of a host.");
  }
  const [found] = await from.connections.db
    .select({ id: host.id, name: host.name, publicKey: host.publicKey, revokedAt: host.revokedAt })
    .from(host)
    .where(eq(host.id, claim.hostId));
  if (found === undefined || found.publicKey === null) {
    throw new AppError(
      "unknown_key",
      "This Banwatch doesn't know the host: connect it again with a new token.",
    );
  }
  const { pathname, search } = new URL(request.url);
  const head = await verifyHead(await hostKey(found.publicKey), claim.jws, {
    nowMs: from.nowMs,
    method: request.method,
    path: pathname + search,
  });
  if (head.verdict === "signature_invalid") throw invalidSignature();
  if (found.revokedAt !== null) {
    throw new AppError("key_revoked", "This host was removed from Banwatch: its key is refused.");
  }
  if (head.verdict === "clock_skew") {
    throw new AppError("clock_skew", "The host's clock differs too much from this server's.", {
      detail: { serverTimeMs: from.nowMs },
    });
  }
  return { host: { id: found.id, name: found.name }, head };
}

/** Throws AppError `signature_invalid` when another body was signed. */
export function withBody(proven: HeadOfHost, body: Uint8Array): AuthenticHost {
  if (!isBodyOf(proven.head, body)) throw invalidSignature();
  return proven.host;
}

function invalidSignature(): AppError {
  return new AppError("signature_invalid", "The signature doesn't belong to this request.");
}

const keys = new Map<string, Promise<CryptoKey>>();
const MAX_KEYS = 10_000;

/** Public keys are imported once: it costs more than the check of a signature. */
function hostKey(jwk: JWK): Promise<CryptoKey> {
  const name = jwk.x ?? "";
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= MAX_KEYS) keys.clear();
  const imported = importJWK(jwk, "EdDSA").then((key) => {
    if (key instanceof Uint8Array) throw new AppError("internal", "A host's key is not a public key.");
    return key;
  });
  keys.set(name, imported);
  return imported;
}
