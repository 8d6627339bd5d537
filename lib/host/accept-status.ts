import type { Connections } from "../db/client.ts";
import { cleanText } from "../event/clean-text.ts";
import { publish } from "../live/publish.ts";
import type { Status, StatusAnswer } from "../wire/wire.ts";

/** Counters move all the time: pages hear of them at most this often, of everything else at once. */
const COUNTERS_EVERY_MS = 9_000;
/** A host that was silent this long was shown as away. */
const AWAY_AFTER_MS = 30_000;

const published = new Map<string, number>();

/** Keeps what the agent says of its host, and tells the pages when they would show something else. */
export async function acceptStatus(
  connections: Connections,
  hostId: string,
  received: Status,
  nowMs: number,
): Promise<StatusAnswer> {
  const status = harmless(received);
  const { rows } = await connections.pool.query<{ status: Status | null; lastSeenAt: Date | null }>(
    `with before as (select status, last_seen_at from host where id = $1 for update)
    update host set status = $2, last_seen_at = $3, clock_difference_ms = $4
    from before where id = $1
    returning before.status, before.last_seen_at as "lastSeenAt"`,
    [hostId, JSON.stringify(status), new Date(nowMs), status.sentAtMs - nowMs],
  );
  const before = rows[0];
  const wasAway = nowMs - (before?.lastSeenAt?.getTime() ?? 0) > AWAY_AFTER_MS;
  const looksDifferent = before?.status == null || look(before.status) !== look(status);
  const isDue = nowMs - (published.get(hostId) ?? 0) >= COUNTERS_EVERY_MS;
  if (wasAway || looksDifferent || isDue) {
    published.set(hostId, nowMs);
    await publish(connections.pool, { topic: "hosts", hostId });
  }
  return { serverTimeMs: nowMs };
}

/** With all its text cleaned: PostgreSQL refuses a NUL, and a host must not be shut out for a strange jail. */
function harmless(status: Status): Status {
  const text = JSON.stringify(status, (_, value: unknown) =>
    typeof value === "string" ? cleanText(value, value.length) : value,
  );
  // The same shape: text stays text of the same length, and the rest is as it was.
  return JSON.parse(text) as Status;
}

/** What a page shows of a host, without times and counters. */
function look(status: Status): string {
  const { fail2ban, firewall } = status;
  return JSON.stringify([
    status.agentVersion,
    status.startedAtMs,
    fail2ban.state === "running" ? [fail2ban.version, fail2ban.jails.map((jail) => jail.name)] : fail2ban,
    firewall.state === "ready" ? [firewall.driver, firewall.rules] : firewall,
    status.sources.map((source) => [source.path, source.state, source.reason]),
    status.spool.lostEvents,
    status.rulesGeneration,
  ]);
}
