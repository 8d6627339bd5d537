import { expect, test } from "vitest";
import type { HostRow } from "../../lib/query/hosts.ts";
import { agoText, clockText, fail2banText, firewallText, hostState, sizeText } from "./host-words.ts";

const NOW = Date.parse("2026-11-20T03:12:00Z");

const host = (of: Partial<HostRow>): HostRow => ({
  id: "h",
  name: "web-01",
  kind: "agent",
  enrolledAtMs: NOW,
  revokedAtMs: null,
  lastSeenAtMs: NOW,
  lastEventAtMs: null,
  clockDifferenceMs: 0,
  silent: false,
  problems: [],
  status: null,
  waitingCommands: 0,
  ...of,
});

test.each([
  [{}, "Healthy"],
  [{ silent: true, lastSeenAtMs: NOW - 14 * 60_000 }, "Silent 14 min"],
  [{ silent: true, lastSeenAtMs: null }, "Never connected"],
  [{ problems: [{ kind: "clock", text: "" }] }, "Needs a look"],
  [{ kind: "import" }, "Imported log"],
  [{ revokedAtMs: NOW, silent: true }, "Revoked"],
] satisfies [Partial<HostRow>, string][])("a host that is %o is “%s”", (of, word) => {
  expect(hostState(host(of), NOW).word).toBe(word);
});

test("clocks say how far they are apart, and which way", () => {
  expect([null, 0, -400, 1_200, -70_000].map(clockText)).toEqual([
    "Not known",
    "Same",
    "Same",
    "1.2 s ahead",
    "1 min behind",
  ]);
});

test("what was never reported is not known", () => {
  expect([fail2banText(null), firewallText(null), agoText(null, NOW)]).toEqual([
    "Not known",
    "Not known",
    "Never",
  ]);
});

test.each([
  [999, "999 bytes"],
  [12_300, "12 kB"],
  [3_400_000, "3.4 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
