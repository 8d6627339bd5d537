import { eq } from "drizzle-orm";
import { importJWK, type CryptoKey, type JWK } from "jose";
import { type Connections, connections } from "../db/client.ts";
import { host } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { claimedHost, verifyRequest } from "../wire/signed-request.ts";

export type AuthenticHost = { id: string; name: string };

/** A host that a request claims to be from, unproven. */
type Claimant = AuthenticHost & { jws: string; publicKey: JWK; revokedAt: Date | null };

/**
 * The host whose key signed this request and body (as sent, compressed or not).
 * Throws AppError `signature_invalid`, `unknown_key`, `key_revoked`, or `clock_skew` with `detail.serverTimeMs`.
 */
export async function authenticateHost(
  request: Request,
  body: Uint8Array,
  from: { connections: Connections; nowMs: number } = { connections: connections(), nowMs: Date.now() },
): Promise<AuthenticHost> {
  return proveHost(await findClaimant(request, from.connections), request, body, from.nowMs);
}

/** Throws AppError `signature_invalid` when the request names no host, `unknown_key` when it names none of ours. */
export async function findClaimant(request: Request, from: Connections): Promise<Claimant> {
  const claim = claimedHost(request.headers.get("authorization"));
  if (claim === null) {
    throw new AppError("signature_invalid", "The request carries no signature of a host.");
  }
  const [found] = await from.db
    .select({ id: host.id, name: host.name, publicKey: host.publicKey, revokedAt: host.revokedAt })
    .from(host)
    .where(eq(host.id, claim.hostId));
  if (found === undefined || found.publicKey === null) {
    throw new AppError(
      "unknown_key",
      "This Banwatch doesn't know the host: connect it again with a new token.",
    );
  }
  return { ...found, publicKey: found.publicKey, jws: claim.jws };
}

/** Throws AppError `signature_invalid`, `key_revoked` or `clock_skew`. */
export async function proveHost(
  claimant: Claimant,
  request: Request,
  body: Uint8Array,
  nowMs: number,
): Promise<AuthenticHost> {
  const { pathname, search } = new URL(request.url);
  const verdict = await verifyRequest(await hostKey(claimant.publicKey), claimant.jws, {
    nowMs,
    method: request.method,
    path: pathname + search,
    body,
  });
  if (verdict === "signature_invalid") {
    throw new AppError("signature_invalid", "The signature doesn't belong to this request.");
  }
  if (claimant.revokedAt !== null) {
    throw new AppError("key_revoked", "This host was removed from Banwatch: its key is refused.");
  }
  if (verdict === "clock_skew") {
    throw new AppError("clock_skew", "The host's clock differs too much from this server's.", {
      detail: { serverTimeMs: nowMs },
    });
  }
  return { id: claimant.id, name: claimant.name };
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
