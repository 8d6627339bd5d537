import { eq, lt, sql } from "drizzle-orm";
import type { Connections } from "../db/client.ts";
import { rateLimit } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { parsePrefix } from "../event/address.ts";

export type Limit = { max: number; windowMs: number };

/**
 * Counts one try under the key, whoever of several processes does it.
 * Throws AppError `too_many` (with `detail.retryAfterMs`) when there were more than `max` within the window.
 */
export async function countTry(
  connections: Connections,
  key: string,
  limit: Limit,
  nowMs: number,
): Promise<void> {
  const fresh = sql`${rateLimit.lastRequest} <= ${nowMs - limit.windowMs}`;
  const [row] = await connections.db
    .insert(rateLimit)
    .values({ id: key, key, count: 1, lastRequest: nowMs })
    .onConflictDoUpdate({
      target: rateLimit.key,
      set: {
        count: sql`case when ${fresh} then 1 else ${rateLimit.count} + 1 end`,
        lastRequest: sql`case when ${fresh} then ${nowMs} else ${rateLimit.lastRequest} end`,
      },
    })
    .returning({ count: rateLimit.count, windowStartMs: rateLimit.lastRequest });
  if (row === undefined || row.count <= limit.max) return;
  const retryAfterMs = Math.max(1000, row.windowStartMs + limit.windowMs - nowMs);
  throw new AppError(
    "too_many",
    `Too many tries. Wait ${Math.ceil(retryAfterMs / 1000)} seconds and try again.`,
    {
      detail: { retryAfterMs },
    },
  );
}

/** Forgets the tries, after one that succeeded. */
export async function forgetTries(connections: Connections, key: string): Promise<void> {
  await connections.db.delete(rateLimit).where(eq(rateLimit.key, key));
}

/** Doesn't count the try that succeeded; those before it stay counted. */
export async function takeBackTry(connections: Connections, key: string): Promise<void> {
  await connections.db
    .update(rateLimit)
    .set({ count: sql`greatest(${rateLimit.count} - 1, 0)` })
    .where(eq(rateLimit.key, key));
}

/** Removes what no window reaches any more. */
export async function pruneTries(connections: Connections, nowMs: number): Promise<void> {
  await connections.db.delete(rateLimit).where(lt(rateLimit.lastRequest, nowMs - 24 * 60 * 60 * 1000));
}

/** One customer of a network has a whole /64 of IPv6: it counts as one address. */
export function addressKey(address: string | null): string {
  const prefix = parsePrefix(address ?? "");
  if (prefix === null) return "unknown";
  return prefix.family === 4 ? prefix.text : parsePrefix(`${prefix.text}/64`)!.text;
}
