import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { and, eq, gt, isNotNull, isNull, ne, or } from "drizzle-orm";
import { config } from "../config/config.ts";
import type { Connections } from "../db/client.ts";
import { host, rule, session, user } from "../db/schema/index.ts";
import { parseAddress } from "../event/address.ts";
import type { Protected } from "./why-not-bannable.ts";

/** Who asks, and under which name they reached the app (the Host header), as far as it is known. */
export type Asker = { id: string | null; fromAddress: string | null; appHost: string | null };

export async function protectedAddresses(connections: Connections, asker: Asker): Promise<Protected> {
  const [people, hosts, allowed, publicAddresses] = await Promise.all([
    lastAddresses(connections, asker.id),
    guardedByHosts(connections),
    allowedPrefixes(connections),
    addressesOfPublicUrl(),
  ]);
  const asked = parseAddress(hostName(asker.appHost));
  const app = [...ownAddresses(), ...publicAddresses, ...(asked === null ? [] : [asked])];
  return { app, operator: asker.fromAddress, people, hosts, allowed };
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
}

function hostName(hostHeader: string | null): string {
  if (hostHeader === null || !URL.canParse(`http://${hostHeader}`)) return "";
  return new URL(`http://${hostHeader}`).hostname.replaceAll(/^\[|\]$/g, "");
}

const RESOLVED_FOR_MS = 5 * 60 * 1000;
let resolved: { atMs: number; addresses: Promise<string[]> } | undefined;

/** What the name in BANWATCH_PUBLIC_URL stands for; nothing when it isn't set or can't be resolved. */
function addressesOfPublicUrl(): Promise<string[]> {
  const { publicUrl } = config();
  if (publicUrl === null) return Promise.resolve([]);
  if (resolved === undefined || Date.now() - resolved.atMs > RESOLVED_FOR_MS) {
    const addresses = lookup(hostName(new URL(publicUrl).host), { all: true }).then(
      (found) => found.map(({ address }) => address),
      () => [],
    );
    resolved = { atMs: Date.now(), addresses };
  }
  return resolved.addresses;
}

async function lastAddresses(connections: Connections, askerId: string | null): Promise<Protected["people"]> {
  const rows = await connections.db
    .selectDistinct({ name: user.name, address: session.ipAddress })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(
      and(
        gt(session.expiresAt, new Date()),
        isNotNull(session.ipAddress),
        askerId === null ? undefined : ne(user.id, askerId),
      ),
    );
  return rows.flatMap(({ name, address }) => (address === null ? [] : [{ name, address }]));
}

async function guardedByHosts(connections: Connections): Promise<Protected["hosts"]> {
  const rows = await connections.db
    .select({ name: host.name, status: host.status })
    .from(host)
    .where(and(isNull(host.revokedAt), isNotNull(host.status)));
  return rows.flatMap(({ name, status }) => (status === null ? [] : [{ name, ...status.guarded }]));
}

async function allowedPrefixes(connections: Connections): Promise<string[]> {
  const rows = await connections.db
    .select({ prefix: rule.prefix })
    .from(rule)
    .where(
      and(
        eq(rule.effect, "allow"),
        isNull(rule.removedAt),
        or(isNull(rule.until), gt(rule.until, new Date())),
      ),
    );
  return rows.map(({ prefix }) => prefix);
}
