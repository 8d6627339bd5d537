import { describe, expect, it } from "vitest";
import type { FeedItem } from "../../lib/live/live-message.ts";
import { mergeFeed } from "./use-live.ts";

const item = (key: string, timeMs: number): FeedItem => ({
  key,
  timeMs,
  hostId: "h",
  hostName: "web-01",
  kind: "attempt",
  address: "192.0.2.1",
  countryCode: "ZZ",
  placeId: 0,
  latitude: null,
  longitude: null,
  detector: "sshd",
  count: 1,
});

describe("mergeFeed", () => {
  it("keeps each event once, newest first, up to the limit", () => {
    const merged = mergeFeed([item("c", 30), item("b", 20)], [item("b", 20), item("a", 10)], 2);
    expect(merged.map((each) => each.key)).toEqual(["c", "b"]);
  });

  it("puts an event that came late where its time says", () => {
    const merged = mergeFeed([item("late", 15)], [item("c", 30), item("a", 10)], 10);
    expect(merged.map((each) => each.key)).toEqual(["c", "late", "a"]);
  });
});
