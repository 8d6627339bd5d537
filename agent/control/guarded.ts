import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import {
  covers,
  overlaps,
  parseAddress,
  parsePrefix,
  type Prefix,
  specialRangeOf,
} from "../../lib/event/address.ts";

/** What must stay reachable from this host, as found on it now. */
export type Guarded = {
  own: string[];
  gateways: string[];
  resolvers: string[];
  app: string[];
  /** Addresses from which somebody has a session of ssh open. */
  sessions: string[];
};

export async function findGuarded(server: URL): Promise<Guarded> {
  return {
    own: unique(
      Object.values(networkInterfaces()).flatMap((addresses) =>
        (addresses ?? []).map(({ address }) => address),
      ),
    ).slice(0, 200),
    gateways: unique([
      ...ipv4Gateways(read("/proc/net/route")),
      ...ipv6Gateways(read("/proc/net/ipv6_route")),
    ]).slice(0, 20),
    resolvers: unique(resolversIn(read("/etc/resolv.conf"))).slice(0, 20),
    app: await addressesOf(server.hostname.replace(/^\[|\]$/g, "")),
    sessions: unique([...sessionsIn(read("/proc/net/tcp")), ...sessionsIn(read("/proc/net/tcp6"))]),
  };
}

/** Why this host must not block the prefix, in a sentence; null when it may. `allowed` are the operator's allow rules. */
export function refusalToBlock(prefix: Prefix, guarded: Guarded, allowed: readonly Prefix[]): string | null {
  const special = specialRangeOf(prefix);
  if (special !== null) return `${prefix.text} is not blocked: it is, or covers, ${special}.`;
  const named: [readonly string[], string][] = [
    [guarded.own, "this host's own address"],
    [guarded.gateways, "this host's gateway"],
    [guarded.resolvers, "this host's name server"],
    [guarded.app, "the address of Banwatch itself"],
    [guarded.sessions, "an address from which somebody is logged in on this host now"],
  ];
  for (const [addresses, name] of named) {
    for (const address of addresses) {
      const parsed = parsePrefix(address);
      if (parsed !== null && overlaps(prefix, parsed)) {
        return `${prefix.text} is not blocked: ${prefix.text === address ? "it is" : `it covers ${address},`} ${name}.`;
      }
    }
  }
  const allow = allowed.find((one) => covers(one, prefix));
  return allow === undefined ? null : `${prefix.text} is not blocked: ${allow.text} is never to be banned.`;
}

async function addressesOf(hostname: string): Promise<string[]> {
  if (isIP(hostname) !== 0) return unique([hostname]);
  try {
    return unique((await lookup(hostname, { all: true })).map(({ address }) => address));
  } catch {
    return [];
  }
}

/** /proc/net/route: the gateway is the third field, hexadecimal, in the byte order of the machine. */
export function ipv4Gateways(table: string): string[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[2] ?? "")
    .filter((hex) => /^[0-9A-F]{8}$/.test(hex) && hex !== "00000000")
    .map(littleEndianIpv4);
}

/** /proc/net/ipv6_route: the next hop is the fifth field. */
export function ipv6Gateways(table: string): string[] {
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[4] ?? "")
    .filter((hex) => /^[0-9a-f]{32}$/.test(hex) && !/^0+$/.test(hex))
    .map((hex) => hex.match(/.{4}/g)!.join(":"));
}

export function resolversIn(configuration: string): string[] {
  return configuration.split("\n").flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}

const ESTABLISHED = "01";
const SSH_PORT = 22;

/** /proc/net/tcp and tcp6: whoever is connected to the port of ssh. */
export function sessionsIn(table: string): string[] {
  const found: string[] = [];
  for (const line of table.split("\n").slice(1)) {
    const [, local = "", remote = "", state] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED || Number.parseInt(local.split(":")[1] ?? "", 16) !== SSH_PORT) continue;
    const hex = remote.split(":")[0] ?? "";
    if (hex.length === 8) found.push(littleEndianIpv4(hex));
    else if (hex.length === 32) found.push(wordsToIpv6(hex));
  }
  return found;
}

function littleEndianIpv4(hex: string): string {
  return hex
    .match(/../g)!
    .map((byte) => Number.parseInt(byte, 16))
    .toReversed()
    .join(".");
}

/** Four words of 32 bits, each in the byte order of the machine. */
function wordsToIpv6(hex: string): string {
  const bytes = hex.match(/.{8}/g)!.map((word) => word.match(/../g)!.toReversed().join(""));
  return bytes.join("").match(/.{4}/g)!.join(":");
}

function unique(addresses: string[]): string[] {
  const canonical = addresses
    .map((address) => parseAddress(address.replace(/%.*$/, "")))
    .filter((one) => one !== null);
  return [...new Set(canonical)];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
