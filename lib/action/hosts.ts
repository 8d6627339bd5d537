import { and, asc, eq, isNull } from "drizzle-orm";
import { host } from "../db/schema/index.ts";
import type { Transaction } from "../db/transaction.ts";

export type LiveHost = { id: string; name: string };

/** Every host that can be told something, now or when it is back. */
export async function liveHosts(transaction: Transaction): Promise<LiveHost[]> {
  return transaction.db
    .select({ id: host.id, name: host.name })
    .from(host)
    .where(and(eq(host.kind, "agent"), isNull(host.revokedAt)))
    .orderBy(asc(host.name));
}

/** `web-1, web-2 and 3 more`, for the log. */
export function nameHosts(hosts: readonly LiveHost[]): string {
  const named = hosts.slice(0, 3).map((each) => each.name);
  return named.join(", ") + (hosts.length > named.length ? ` and ${hosts.length - named.length} more` : "");
}
