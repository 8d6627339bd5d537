import { expect, test } from "vitest";
import type { BanRow } from "../../lib/query/bans.ts";
import { mergeBans } from "./merge-bans.ts";

const row = (address: string, sinceMs: number): BanRow => ({
  address,
  sinceMs,
  untilMs: null,
  permanent: false,
  hostCount: 1,
  unknownHostCount: 0,
  jail: "sshd",
  countryCode: "ZZ",
  countryName: "Unknown",
  city: null,
  asn: 0,
  networkName: null,
  attacks: 0,
  setBy: null,
  action: null,
});
const names = (rows: BanRow[]) => rows.map((each) => each.address).join("");

test("a new ban comes on top, and what it pushes out of the head stays below", () => {
  const before = [row("a", 5), row("b", 4), row("c", 3), row("d", 2)];
  expect(names(mergeBans([row("n", 6), row("a", 5), row("b", 4)], before, "newest"))).toBe("nabcd");
});

test("an unban in the head disappears", () => {
  const before = [row("a", 5), row("b", 4), row("c", 3), row("d", 2)];
  expect(names(mergeBans([row("a", 5), row("c", 3)], before, "newest"))).toBe("acd");
});

test("a row that moved into the head is not shown twice", () => {
  const before = [row("a", 5), row("b", 4), row("c", 3)];
  expect(names(mergeBans([row("c", 7), row("a", 5)], before, "newest"))).toBe("cab");
});

test("an empty answer empties the list", () => {
  expect(mergeBans([], [row("a", 5)], "newest")).toEqual([]);
});
