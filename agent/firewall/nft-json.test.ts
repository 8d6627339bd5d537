import { expect, it } from "vitest";
import { parseForeignSets, parseNftListing } from "./nft-json.ts";

const set = { family: "inet", table: "banwatch", name: "deny4", handle: 2, type: "ipv4_addr" };
const chain = { family: "inet", table: "banwatch", name: "screen", hook: "prerouting", prio: -300 };

it("reads our table as every version of nft prints it", () => {
  for (const flags of [["interval"], "interval", undefined]) {
    const printed = JSON.stringify({ nftables: [{ set: { ...set, flags } }, { chain }] });
    expect(parseNftListing(printed)).toMatchObject({ sets: [{ name: "deny4" }], chains: [{ prio: -300 }] });
  }
});

it("does not guess what our own table holds", () => {
  expect(() => parseNftListing(JSON.stringify({ nftables: [{ set: { ...set, elem: "none" } }] }))).toThrow();
});

it("finds fail2ban's sets beside tables that it can't read", () => {
  const foreign = [{ set: { family: "inet", name: 7 } }, { chain: { prio: "filter" } }, { rule: {} }];
  const ours = { set: { ...set, table: "f2b-table", name: "addr-set-sshd", flags: "interval" } };
  const sets = parseForeignSets(JSON.stringify({ nftables: [...foreign, ours] }));
  expect(sets.map(({ name }) => name)).toEqual(["addr-set-sshd"]);
});
