import { expect, test } from "vitest";
import type { Status } from "../wire/wire.ts";
import { hostProblems } from "./host-condition.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");

const status = (of: Partial<Status>): Status => ({
  version: 1,
  agentVersion: "0.1.0",
  sentAtMs: NOW,
  startedAtMs: NOW,
  fail2ban: { state: "running", version: "1.0.2", jails: [] },
  firewall: { state: "ready", driver: "nftables", rules: 0 },
  sources: [],
  spool: { events: 0, bytes: 0, lostEvents: 0 },
  guarded: { own: [], gateways: [], resolvers: [] },
  rulesGeneration: 0,
  ...of,
});

const kinds = (
  of: Partial<Status>,
  host: { lastSeenAtMs?: number | null; clockDifferenceMs?: number } = {},
) =>
  hostProblems({ lastSeenAtMs: NOW, clockDifferenceMs: 0, status: status(of), ...host }, NOW).map(
    (problem) => problem.kind,
  );

test("a host that reports and is protected has no problem", () => {
  expect(kinds({})).toEqual([]);
});

test("five minutes of silence are not silence, more is", () => {
  expect(kinds({}, { lastSeenAtMs: NOW - 5 * 60_000 })).toEqual([]);
  expect(kinds({}, { lastSeenAtMs: NOW - 5 * 60_000 - 1 })).toEqual(["silent"]);
});

test("an agent that never connected says only that", () => {
  expect(hostProblems({ lastSeenAtMs: null, clockDifferenceMs: null, status: null }, NOW)).toMatchObject([
    { kind: "never_connected" },
  ]);
});

test("a host without fail2ban is protected by its firewall, and by nothing without that", () => {
  const unavailable = { state: "unavailable", reason: "nft is not installed" } as const;
  expect(kinds({ fail2ban: { state: "absent" } })).toEqual([]);
  expect(kinds({ firewall: unavailable })).toEqual(["firewall_unavailable"]);
  expect(kinds({ fail2ban: { state: "absent" }, firewall: unavailable })).toEqual(["nothing_protects"]);
});

test("everything that is wrong is said, with the host's own words", () => {
  const source = { lines: 0, events: 0, ignored: 0, unreadable: 0, lastEventAtMs: null };
  const problems = hostProblems(
    {
      lastSeenAtMs: NOW,
      clockDifferenceMs: -70_000,
      status: status({
        fail2ban: { state: "stopped", reason: "no socket" },
        sources: [{ ...source, path: "/var/log/auth.log", state: "unreadable", reason: "permission denied" }],
        spool: { events: 0, bytes: 0, lostEvents: 3 },
      }),
    },
    NOW,
  );
  expect(problems.map((problem) => problem.text)).toEqual([
    "fail2ban is not running: no socket",
    "/var/log/auth.log is unreadable: permission denied",
    "Its clock is 70 s behind this server's.",
    "3 events were lost when its spool was full; their counts are too low.",
  ]);
});
