import { expect, test } from "vitest";
import type { ActionProgress, CommandProgress } from "../../lib/query/action-progress.ts";
import { actionOutcome, actionTitle, commandSentence, stepsTook, took, whenOf } from "./action-words.ts";

const NOW = Date.parse("2026-11-20T03:12:40Z");

const command = (of: Partial<CommandProgress>): CommandProgress => ({
  id: "c",
  hostId: "h",
  hostName: "web-01",
  verb: "unban",
  state: "queued",
  queuedAtMs: NOW - 400,
  deliveredAtMs: null,
  appliedAtMs: null,
  verifiedAtMs: null,
  endedAtMs: null,
  expiresAtMs: null,
  detail: null,
  evidence: [],
  hostSeenAtMs: NOW,
  ...of,
});

const action = (counts: Partial<ActionProgress["counts"]>, completedAtMs: number | null): ActionProgress => ({
  id: "a",
  verb: "unban",
  address: "192.0.2.1",
  subject: null,
  actorName: "Mara",
  fromAddress: null,
  atMs: NOW - 400,
  reason: null,
  undoes: null,
  undoneBy: null,
  counts: { queued: 0, delivered: 0, applied: 0, verified: 0, failed: 0, expired: 0, drifted: 0, ...counts },
  hostCount: Object.values(counts).reduce((sum, count) => sum + count, 0),
  completedAtMs,
  commands: [],
});

test.each([
  [-5, "0.00 s"],
  [40, "0.04 s"],
  [400, "0.4 s"],
  [9_940, "9.9 s"],
  [12_300, "12 s"],
  [200_000, "3 min"],
])("%d ms took %s", (ms, expected) => {
  expect(took(ms)).toBe(expected);
});

test("a time of today is a clock's, another day's has its date", () => {
  expect(whenOf(NOW - 48_000, NOW)).toBe("03:11:52");
  expect(whenOf(NOW - 86_400_000, NOW)).toBe("Thu 19 Nov 03:12");
});

test("each step says how long it took after the one before", () => {
  const verified = command({
    state: "verified",
    deliveredAtMs: NOW - 300,
    appliedAtMs: NOW - 100,
    verifiedAtMs: NOW,
  });
  expect(stepsTook(verified)).toBe("delivered 0.1 s, applied 0.2 s, read back 0.1 s");
  expect(commandSentence(verified, NOW)).toBe("in 0.4 s: delivered 0.1 s, applied 0.2 s, read back 0.1 s");
});

test("a silent host says since when, and when the command expires", () => {
  const waiting = command({
    hostSeenAtMs: NOW - 14 * 60_000,
    expiresAtMs: Date.parse("2026-11-20T04:11:00Z"),
  });
  expect(commandSentence(waiting, NOW)).toBe("Agent silent for 14 min. Expires at 04:11 if not delivered.");
});

test("the host's own words are followed by what the agent does about it", () => {
  const failed = { state: "failed", detail: "nft: no such table" } as const;
  expect(commandSentence(command(failed), NOW)).toBe("nft: no such table");
  expect(commandSentence(command({ ...failed, verb: "deny" }), NOW)).toBe(
    "nft: no such table. The agent tries again by itself.",
  );
});

test("an action says verified only when every host is", () => {
  expect(actionOutcome(action({ verified: 1, queued: 1 }, null))).toBe("1 queued, 1 verified");
  expect(actionOutcome(action({ applied: 1 }, null))).toBe("applied");
  expect(actionOutcome(action({ verified: 2 }, NOW))).toBe("verified on all 2 hosts in 0.4 s");
  expect(actionOutcome(action({ verified: 1 }, NOW))).toBe("verified in 0.4 s");
});

test("what is done to a person's access is named", () => {
  const named = (["change_password", "end_sessions"] as const).map((verb) =>
    actionTitle({ ...action({}, null), hostCount: 0, verb }),
  );
  expect(named).toEqual(["Changed a password", "Signed a user out"]);
});
