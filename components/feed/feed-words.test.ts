import { expect, test } from "vitest";
import { EVENT_KINDS } from "../../lib/event/event.ts";
import type { FeedRow } from "../../lib/query/feed.ts";
import { eventSentence, KIND_GROUPS } from "./feed-words.ts";

const row = (of: Partial<FeedRow>): FeedRow => ({
  key: "1",
  timeMs: 0,
  kind: "attempt",
  source: "fail2ban",
  hostId: "h",
  hostName: "web-01",
  address: "192.0.2.1",
  countryCode: "NL",
  city: null,
  detector: "sshd",
  userName: null,
  destinationPort: null,
  transport: null,
  durationSeconds: null,
  count: 1,
  ...of,
});

test.each([
  [{ kind: "attempt" }, "Failed attempt"],
  [{ kind: "attempt", count: 1200 }, "1,200 failed attempts"],
  [{ kind: "ban", durationSeconds: 600 }, "Banned for 10 min"],
  [{ kind: "ban", durationSeconds: -1 }, "Banned without end"],
  [{ kind: "ban" }, "Banned"],
] satisfies [Partial<FeedRow>, string][])("%o reads “%s”", (of, sentence) => {
  expect(eventSentence(row(of))).toBe(sentence);
});

test("every kind of event is in exactly one group", () => {
  expect(KIND_GROUPS.flatMap((group): string[] => [...group.kinds]).toSorted()).toEqual(
    [...EVENT_KINDS].toSorted(),
  );
});
