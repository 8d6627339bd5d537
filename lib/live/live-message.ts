import type { EventKind } from "../event/event.ts";

/** One line of the live feed. */
export type FeedItem = {
  /** Unique for ever: host, stream and number of the event. */
  key: string;
  timeMs: number;
  hostId: string;
  hostName: string;
  kind: EventKind;
  /** Null: the event names no address (a flush, say). */
  address: string | null;
  /** ISO 3166-1 alpha-2; `ZZ` unknown. */
  countryCode: string;
  placeId: number;
  /** Degrees; null when only the country is known. */
  latitude: number | null;
  longitude: number | null;
  /** fail2ban's jail, or the source's name. */
  detector: string;
  count: number;
};

/** What changed, so that pages ask again. `orders` is for the agents' streams and never reaches a browser. */
export type LiveMessage =
  /** `attacks` counts attempts and blocked packets of the batch; `feed` has its newest events, newest first. */
  | { topic: "events"; hostId: string; attacks: number; feed: FeedItem[] }
  | { topic: "bans"; hostId: string }
  | { topic: "commands"; actionIds: string[] }
  | { topic: "hosts"; hostId: string }
  | { topic: "orders"; hostId: string };

/** At most this many lines travel in one message. */
export const FEED_MAX_ITEMS = 20;
