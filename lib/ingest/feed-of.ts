import { FEED_MAX_ITEMS, type FeedItem } from "../live/live-message.ts";
import type { IncomingBatch, PlacedEvent } from "./incoming-batch.ts";

/** Older events are history that is being caught up with, not news. */
const NEWS_MS = 3_600_000;

/** The batch's newest events as lines of the live feed, newest first. */
export function feedOf(
  batch: Pick<IncomingBatch, "hostId" | "stream">,
  hostName: string,
  placed: readonly PlacedEvent[],
  nowMs: number,
): FeedItem[] {
  return placed
    .filter((each) => each.timeMs > nowMs - NEWS_MS)
    .toSorted((a, b) => b.timeMs - a.timeMs || b.sequence - a.sequence)
    .slice(0, FEED_MAX_ITEMS)
    .map(({ sequence, timeMs, event, detector, located }) => ({
      key: `${batch.hostId}:${batch.stream}:${sequence}`,
      timeMs,
      hostId: batch.hostId,
      hostName,
      kind: event.kind,
      address: event.sourceIp ?? null,
      countryCode: located?.countryCode ?? "ZZ",
      placeId: located?.placeId ?? 0,
      latitude: located?.latitude ?? null,
      longitude: located?.longitude ?? null,
      detector,
      count: event.count,
    }));
}
