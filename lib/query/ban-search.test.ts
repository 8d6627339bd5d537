import { expect, test } from "vitest";
import { prefixesBeginningWith, readBanSearch } from "./ban-search.ts";

test("nothing typed is no search", () => {
  expect(readBanSearch("   ")).toBeNull();
});

test("a whole address finds itself and the networks around it", () => {
  const search = readBanSearch("203.0.113.7");
  expect(search).toMatchObject({ kind: "prefixes", within: ["203.0.113.7"] });
  expect(search?.kind === "prefixes" && search.covering).toContain("203.0.113.0/24");
  expect(search?.kind === "prefixes" && search.covering).toHaveLength(33);
});

test("a network finds what lies in it", () => {
  expect(readBanSearch("2001:DB8:0::/32")).toMatchObject({ kind: "prefixes", within: ["2001:db8::/32"] });
});

test("the beginning of an address finds every address that begins so", () => {
  expect(prefixesBeginningWith("203.0.113.")).toEqual(["203.0.113.0/24"]);
  expect(prefixesBeginningWith("203.0.25")).toEqual([
    "203.0.25.0/24",
    ...[0, 1, 2, 3, 4, 5].map((digit) => `203.0.25${digit}.0/24`),
  ]);
  expect(prefixesBeginningWith("203")).toEqual(["203.0.0.0/8"]);
  expect(prefixesBeginningWith("2001:db8:")).toEqual(["2001:db8::/32"]);
});

test("a number that no address begins with is a word", () => {
  expect(readBanSearch("4134")).toEqual({ kind: "words", words: "4134" });
  expect(readBanSearch("999")).toEqual({ kind: "words", words: "999" });
});

test("an AS number is one, in either case", () => {
  expect(readBanSearch("as4134")).toEqual({ kind: "asn", asn: 4134 });
});

test("anything else is words", () => {
  expect(readBanSearch(" Chinanet ")).toEqual({ kind: "words", words: "Chinanet" });
});
