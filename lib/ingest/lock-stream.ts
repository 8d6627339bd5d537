import type pg from "pg";
import { AppError } from "../error/app-error.ts";

/**
 * From here to the end of the transaction, nothing else of the stream is stored, and its host is not removed.
 * Throws AppError `key_revoked` when it has been.
 */
export async function lockStream(
  client: pg.PoolClient,
  hostId: string,
  stream: number,
): Promise<{ highWater: number; hostName: string }> {
  const highWater = await holdStream(client, hostId, stream);
  // A statement of its own, after the lock: only then does it see what was committed while this one waited.
  const { rows } = await client.query<{ name: string; revoked: boolean }>(
    "select name, revoked_at is not null as revoked from host where id = $1",
    [hostId],
  );
  if (rows[0]?.revoked === true) {
    throw new AppError("key_revoked", "This host was removed from Banwatch: what it sends is refused.");
  }
  return { highWater, hostName: rows[0]?.name ?? "" };
}

/** The stream that an agent sends, and the lock under which its host's bans change. */
export const AGENT_STREAM = 0;

/** Just the lock; whoever removes a host takes that of its `AGENT_STREAM`. Returns how far the stream is stored. */
export async function holdStream(client: pg.PoolClient, hostId: string, stream: number): Promise<number> {
  const { rows } = await client.query<{ highWater: string }>(
    `insert into ingest_stream (host_id, stream) values ($1, $2)
     on conflict (host_id, stream) do update set updated_at = now()
     returning high_water as "highWater"`,
    [hostId, stream],
  );
  return Number(rows[0]?.highWater);
}
