import { networkInterfaces } from "node:os";
import { overlaps, parseAddress, parsePrefix, type Prefix, specialRangeOf } from "../../lib/event/address.ts";

/** Wider than this is no attacker's network: it is a mistake. */
const WIDEST_BITS = { 4: 8, 6: 16 } as const;

/** Addresses that begin like this may be special; those that don't are not, so that a million rules take a moment. */
const MAYBE_SPECIAL = /^(?:(?:0|10|100|127|169|172|192|22[4-9]|2[345]\d)\.|::|f[c-f])/;

/**
 * Why nobody may be told to block the prefix, in a sentence, whatever else holds on the host: the last word on it, so
 * it is asked where the rights are.
 */
export function neverBlocked(prefix: Prefix): string | null {
  const widest = WIDEST_BITS[prefix.family];
  const special = MAYBE_SPECIAL.test(prefix.text) || prefix.bits < widest ? specialRangeOf(prefix) : null;
  if (special !== null) return `${prefix.text} is not blocked: it is, or covers, ${special}.`;
  if (prefix.bits < widest) return `${prefix.text} is not blocked: it is wider than a /${widest}.`;
  return null;
}

/** Those of `deny` that must not be blocked on this host as it is now, with the reason: `neverBlocked`, or its own address. */
export function lockoutsIn(
  deny: readonly Prefix[],
  own: readonly string[] = ownAddresses(),
): { prefix: Prefix; reason: string }[] {
  const exact = new Set(own);
  const parsed = own.map(parsePrefix).filter((one) => one !== null);
  const isOwn = (prefix: Prefix) =>
    isSingle(prefix) ? exact.has(prefix.text) : parsed.some((one) => overlaps(prefix, one));
  const found: { prefix: Prefix; reason: string }[] = [];
  for (const prefix of deny) {
    const reason =
      neverBlocked(prefix) ??
      (isOwn(prefix) ? `${prefix.text} is not blocked: it is, or covers, this host's own address.` : null);
    if (reason !== null) found.push({ prefix, reason });
  }
  return found;
}

function isSingle(prefix: Prefix): boolean {
  return prefix.bits === (prefix.family === 4 ? 32 : 128);
}

/** The addresses of this host as they are now. */
export function ownAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => parseAddress(address.replace(/%.*$/, ""))),
  );
  return [...new Set(found.filter((address) => address !== null))];
}
