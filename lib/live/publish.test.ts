import { expect, test } from "vitest";
import type { FeedItem, LiveMessage } from "./live-message.ts";
import { toPayloads } from "./publish.ts";

test("the oldest lines of a feed are left out when it would be too long for a notification", () => {
  const item = (number: number): FeedItem => ({
    key: `${number}`,
    timeMs: 1,
    hostId: "one",
    hostName: "ä".repeat(253),
    kind: "attempt",
    address: "192.0.2.1",
    countryCode: "ZZ",
    placeId: 0,
    latitude: null,
    longitude: null,
    detector: "x".repeat(128),
    count: 1,
  });
  const feed = Array.from({ length: 20 }, (_, index) => item(index));
  const payloads = toPayloads({ topic: "events", hostId: "one", attacks: 20, feed });
  expect(payloads).toHaveLength(1);
  expect(Buffer.byteLength(payloads[0]!)).toBeLessThan(8_000);
  const sent = JSON.parse(payloads[0]!) as Extract<LiveMessage, { topic: "events" }>;
  expect(sent.feed.length).toBeGreaterThan(5);
  expect(sent.feed[0]?.key).toBe("0");
  expect(sent.attacks).toBe(20);
});
