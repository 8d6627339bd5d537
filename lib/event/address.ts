import ipaddr from "ipaddr.js";

/** An address or a prefix in canonical text, and what it covers. */
export type Prefix = {
  /** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/48`: never `/32` or `/128`, host bits zero. */
  text: string;
  family: 4 | 6;
  /** Number of leading bits that are fixed: 32 or 128 for a single address. */
  bits: number;
};

/** The canonical form of a single IPv4 or IPv6 address; null when it isn't one. IPv4-mapped IPv6 becomes IPv4. */
export function parseAddress(text: string): string | null {
  const prefix = parsePrefix(text);
  return prefix !== null && isSingleAddress(prefix) ? prefix.text : null;
}

/** The canonical form of an address or CIDR prefix; null when it is neither. Host bits are cleared. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf("/");
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const bitsText = slash === -1 ? null : text.slice(slash + 1);
  const address = parseStrictly(addressText);
  if (address === null) return null;
  const width = address.family === 4 ? 32 : 128;
  if (bitsText !== null && !/^\d{1,3}$/.test(bitsText)) return null;
  const bits = bitsText === null ? width : Number(bitsText) - address.mappedBits;
  if (bits < 0 || bits > width) return null;
  if (bits === width) return { text: address.text, family: address.family, bits };
  const network =
    address.family === 4
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address.text}/${bits}`).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(`${address.text}/${bits}`).toRFC5952String();
  return { text: `${network}/${bits}`, family: address.family, bits };
}

function isSingleAddress(prefix: Prefix): boolean {
  return prefix.bits === (prefix.family === 4 ? 32 : 128);
}

/** Whether `outer` covers all of `inner`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  return ipaddr.parse(addressOf(inner)).match(ipaddr.parse(addressOf(outer)), outer.bits);
}

/** Whether the two share at least one address. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return covers(a, b) || covers(b, a);
}

/** Whether the whole prefix lies in space that is routed on the internet (IANA special-purpose registries). */
export function isPublic(prefix: Prefix): boolean {
  return specialRangeOf(prefix) === null;
}

/** Why an address is never an attacker from the internet, in the words of a page; null when it may be one. */
export function specialRangeOf(prefix: Prefix): string | null {
  for (const [reserved, name] of SPECIAL_RANGES) {
    if (overlaps(reserved, prefix)) return name;
  }
  return null;
}

function addressOf(prefix: Prefix): string {
  return prefix.text.split("/")[0]!;
}

function parseStrictly(text: string): { text: string; family: 4 | 6; mappedBits: 0 | 96 } | null {
  if (text.length > 45) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    if (/(^|\.)0\d/.test(text)) return null;
    return { text: ipaddr.IPv4.parse(text).toString(), family: 4, mappedBits: 0 };
  }
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return null;
  const six = ipaddr.IPv6.parse(text);
  if (six.isIPv4MappedAddress()) {
    return { text: six.toIPv4Address().toString(), family: 4, mappedBits: 96 };
  }
  return { text: six.toRFC5952String(), family: 6, mappedBits: 0 };
}

/**
 * Ranges that can't be banned. Documentation ranges (RFC 5737, RFC 3849) are left out on purpose: they block nobody,
 * and demonstrations and tests use them.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
 */
const SPECIAL_RANGES: readonly (readonly [Prefix, string])[] = (
  [
    ["0.0.0.0/8", "an address of “this network”"],
    ["10.0.0.0/8", "a private address"],
    ["100.64.0.0/10", "a carrier's shared address"],
    ["127.0.0.0/8", "a loopback address"],
    ["169.254.0.0/16", "a link-local address"],
    ["172.16.0.0/12", "a private address"],
    ["192.168.0.0/16", "a private address"],
    ["224.0.0.0/4", "a multicast address"],
    ["240.0.0.0/4", "a reserved address"],
    ["::/128", "the unspecified address"],
    ["::1/128", "a loopback address"],
    ["fc00::/7", "a private address"],
    ["fe80::/10", "a link-local address"],
    ["ff00::/8", "a multicast address"],
  ] as const
).map(([text, name]) => [parsePrefix(text)!, name] as const);
