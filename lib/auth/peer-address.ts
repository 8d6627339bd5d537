import { config } from "../config/config.ts";
import { covers, parseAddress, parsePrefix, type Prefix } from "../event/address.ts";

/** Set by our own server from the socket, for every request; a client can't set it. */
const PEER_HEADER = "x-banwatch-peer";

/**
 * The address that the request comes from; null when it isn't known. `X-Forwarded-For` is read only when a trusted
 * proxy sent it, from the right: the first address that isn't a trusted proxy's is the client's.
 */
export function peerAddress(
  headers: Headers,
  trustedProxies: readonly Prefix[] = config().trustedProxies,
): string | null {
  const peer = parseAddress(headers.get(PEER_HEADER) ?? "");
  if (peer === null || !isTrusted(peer, trustedProxies)) return peer;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  let nearest = peer;
  for (const hop of hops.toReversed()) {
    const address = parseAddress(hop);
    if (address === null) return nearest;
    if (!isTrusted(address, trustedProxies)) return address;
    nearest = address;
  }
  return nearest;
}

/** Whether the request came over HTTPS, by the word of a trusted proxy: Banwatch itself speaks plain HTTP. */
export function isForwardedHttps(
  headers: Headers,
  trustedProxies: readonly Prefix[] = config().trustedProxies,
): boolean {
  const peer = parseAddress(headers.get(PEER_HEADER) ?? "");
  return (
    peer !== null && isTrusted(peer, trustedProxies) && headers.get("x-forwarded-proto")?.trim() === "https"
  );
}

function isTrusted(address: string, trustedProxies: readonly Prefix[]): boolean {
  const single = parsePrefix(address);
  return single !== null && trustedProxies.some((proxy) => covers(proxy, single));
}
