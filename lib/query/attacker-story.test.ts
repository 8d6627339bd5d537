import { expect, test } from "vitest";
import { type StoryEvent, tellStory } from "./attacker-story.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");

const event = (at: string, of: Partial<StoryEvent>): StoryEvent => ({
  timeMs: Date.parse(at),
  kind: "attempt",
  hostId: of.hostName ?? "web-01",
  hostName: "web-01",
  count: 1,
  userName: null,
  durationSeconds: null,
  ...of,
});

test("an hour of the last day is one entry, a day before that as well; newest first", () => {
  const story = tellStory(
    [
      event("2026-11-18T02:00:00Z", { count: 5, userName: "root" }),
      event("2026-11-18T23:00:00Z", { kind: "ban", hostName: "web-02" }),
      event("2026-11-20T02:05:00Z", { userName: "admin" }),
      event("2026-11-20T02:55:00Z", { count: 2, userName: "deploy" }),
      event("2026-11-20T03:01:00Z", {}),
    ],
    NOW,
  );
  expect(story).toMatchObject([
    { attacks: 1 },
    { attacks: 3, bans: 0, hostNames: ["web-01"], userNames: ["deploy", "admin"] },
    { attacks: 5, bans: 1, hostNames: ["web-01", "web-02"], userNames: ["root"] },
  ]);
});

test("a login stands alone, with the attacks that came before it", () => {
  const story = tellStory(
    [
      event("2026-11-20T02:05:00Z", { count: 212 }),
      event("2026-11-20T02:41:00Z", { kind: "login", hostName: "mail-01", userName: "deploy" }),
      event("2026-11-20T02:50:00Z", {}),
    ],
    NOW,
  );
  expect(story).toMatchObject([
    { kind: "attacks", attacks: 213 },
    { kind: "login", hostName: "mail-01", userName: "deploy", attacksBefore: 212 },
  ]);
});

test("nothing to tell is an empty story", () => {
  expect(tellStory([event("2026-11-20T02:05:00Z", { kind: "lifecycle" })], NOW)).toEqual([]);
});
