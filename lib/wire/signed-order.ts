import { type CryptoKey, jwtVerify, SignJWT } from "jose";
import { type Order, orderSchema } from "./wire.ts";

const ISSUER = "banwatch";

/** An order for one host, signed by the app (RFC 7519, EdDSA). It is void after `expiresAtMs`. */
export async function signOrder(
  key: CryptoKey,
  hostId: string,
  order: Order,
  times: { nowMs: number; expiresAtMs: number },
): Promise<string> {
  return new SignJWT({ order })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer(ISSUER)
    .setAudience(hostId)
    .setIssuedAt(Math.floor(times.nowMs / 1000))
    .setExpirationTime(Math.ceil(times.expiresAtMs / 1000))
    .sign(key);
}

/**
 * The order, when the app signed it for this host and it has not expired by `nowMs`.
 * Throws jose's error otherwise (`JWTExpired`, `JWSSignatureVerificationFailed`, …), or zod's when it isn't an order.
 */
export async function verifyOrder(
  key: CryptoKey,
  hostId: string,
  jws: string,
  nowMs: number,
): Promise<Order> {
  const { payload } = await jwtVerify(jws, key, {
    algorithms: ["EdDSA"],
    issuer: ISSUER,
    audience: hostId,
    currentDate: new Date(nowMs),
    requiredClaims: ["exp", "iat"],
  });
  return orderSchema.parse(payload.order);
}
