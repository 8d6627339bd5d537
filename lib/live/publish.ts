import type pg from "pg";
import { FEED_MAX_ITEMS, type LiveMessage } from "./live-message.ts";

export const LIVE_CHANNEL = "banwatch_live";

/** PostgreSQL refuses a notification of 8000 bytes or more. */
const MAX_BYTES = 7_900;
const ACTION_IDS_A_MESSAGE = 150;

/**
 * Tells every instance of the app. Given a client with an open transaction, the message goes out when that commits.
 * A message that would be too long is shortened: the oldest lines of its feed are left out.
 */
export async function publish(client: pg.Pool | pg.PoolClient, message: LiveMessage): Promise<void> {
  const payloads = toPayloads(message);
  await client.query("select pg_notify($1, payload) from unnest($2::text[]) payload", [
    LIVE_CHANNEL,
    payloads,
  ]);
}

/** The message as texts that fit in a notification each. */
export function toPayloads(message: LiveMessage): string[] {
  if (message.topic === "events") return [withFittingFeed(message)];
  if (message.topic !== "commands") return [JSON.stringify(message)];
  const payloads: string[] = [];
  for (let start = 0; start < message.actionIds.length; start += ACTION_IDS_A_MESSAGE) {
    const actionIds = message.actionIds.slice(start, start + ACTION_IDS_A_MESSAGE);
    payloads.push(JSON.stringify({ ...message, actionIds }));
  }
  return payloads;
}

function withFittingFeed(message: Extract<LiveMessage, { topic: "events" }>): string {
  for (let items = FEED_MAX_ITEMS; items > 0; items -= 1) {
    const payload = JSON.stringify({ ...message, feed: message.feed.slice(0, items) });
    if (Buffer.byteLength(payload) <= MAX_BYTES) return payload;
  }
  return JSON.stringify({ ...message, feed: [] });
}
