import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { covers, overlaps, parseAddress, parsePrefix, type Prefix } from "../../lib/event/address.ts";
import { neverBlocked, ownAddresses } from "../firewall/lockout.ts";
import { littleEndianIpv4 } from "../firewall/proc-net.ts";

/** What must stay reachable from this host, as found on it now. */
export type Guarded = {
  own: string[];
  gateways: string[];
  resolvers: string[];
  app: string[];
  /** Addresses from which somebody has a session of ssh open. */
  sessions: string[];
};

/** `sessions` are told by who may see them: see `Enforcer`. */
export async function findGuarded(server: URL, sessions: string[] = []): Promise<Guarded> {
  return {
    own: ownAddresses().slice(0, 200),
    gateways: unique([
      ...ipv4Gateways(read("/proc/net/route")),
      ...ipv6Gateways(read("/proc/net/ipv6_route")),
    ]).slice(0, 20),
    resolvers: unique(resolversIn(read("/etc/resolv.conf"))).slice(0, 20),
    app: await addressesOfApp(server.hostname.replace(/^\[|\]$/g, "")),
    sessions,
  };
}

/** Why this host must not block the prefix, in a sentence; null when it may. `allowed` are the operator's allow rules. */
export function refusalToBlock(prefix: Prefix, guarded: Guarded, allowed: readonly Prefix[]): string | null {
  const never = neverBlocked(prefix);
  if (never !== null) return never;
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

/** The addresses of the app when its name was last found: a name server that is away makes it no less precious. */
const lastFound = new Map<string, string[]>();

export async function addressesOfApp(
  hostname: string,
  find: (hostname: string) => Promise<string[]> = lookUp,
): Promise<string[]> {
  if (isIP(hostname) !== 0) return unique([hostname]);
  try {
    const found = unique(await find(hostname));
    if (found.length > 0) lastFound.set(hostname, found);
  } catch {
    // The last that is known counts.
  }
  return lastFound.get(hostname) ?? [];
}

async function lookUp(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
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
