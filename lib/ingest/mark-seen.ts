import type { Connections } from "../db/client.ts";

/**
 * Notes that the app heard from a host just now. A host that sends many batches a second is noted once a second: the
 * row is small, but each write of it is a new one.
 */
export async function markSeen(connections: Connections, hostId: string): Promise<void> {
  await connections.pool.query(
    `update host set last_seen_at = now()
     where id = $1 and (last_seen_at is null or last_seen_at < now() - interval '1 second')`,
    [hostId],
  );
}
