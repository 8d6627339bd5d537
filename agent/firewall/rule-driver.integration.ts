import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parsePrefix, type Prefix } from "../../lib/event/address.ts";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { NftablesDriver } from "./nftables-driver.ts";
import type { RuleDriver } from "./rule-driver.ts";
import type { RunProgram } from "./run-program.ts";

const DRIVERS: { name: string; create: (run: RunProgram) => RuleDriver; flush: string[][] }[] = [
  {
    name: "nftables",
    create: (run) => new NftablesDriver(run),
    flush: [["nft", "flush", "ruleset"]],
  },
];

/** What every driver promises, on a real firewall. */
describe.each(DRIVERS)("the driver of $name", ({ create, flush }) => {
  let host: HostNamespace;
  let driver: RuleDriver;

  beforeAll(async () => {
    host = await HostNamespace.create();
    driver = create(host.run);
  });
  afterAll(() => host.destroy());
  beforeEach(async () => {
    for (const [program, ...args] of flush) await host.run(program!, args);
  });

  async function apply(rules: { deny?: string[]; allow?: string[] }): Promise<void> {
    await driver.apply({ deny: (rules.deny ?? []).map(prefix), allow: (rules.allow ?? []).map(prefix) });
  }

  async function held(): Promise<{ deny: string[]; allow: string[]; problem: string | null }> {
    const { rules, problem } = await driver.read();
    const texts = (prefixes: readonly Prefix[]) => prefixes.map(({ text }) => text).toSorted();
    return { deny: texts(rules.deny), allow: texts(rules.allow), problem };
  }

  it("says that it is ready", async () => {
    expect(await driver.probe()).toMatchObject({ state: "ready" });
  });

  it("says what is wrong while its table is not there", async () => {
    const { problem } = await held();
    expect(problem).toContain("not there");
    expect(await driver.check(prefix("192.0.2.1"))).toMatchObject({ denied: false });
  });

  it("holds addresses and prefixes of both families", async () => {
    const deny = ["192.0.2.1", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/48"];
    await apply({ deny, allow: ["203.0.113.5"] });
    expect(await held()).toEqual({ deny: deny.toSorted(), allow: ["203.0.113.5"], problem: null });
  });

  it("reads back what stops an address, and what doesn't", async () => {
    await apply({ deny: ["198.51.100.0/24", "2001:db8::/32"] });
    const inside = await driver.check(prefix("198.51.100.9"));
    expect(inside.denied).toBe(true);
    expect(inside.evidence.join()).toContain("198.51.100.0/24 is in it");
    expect((await driver.check(prefix("2001:db8::77"))).denied).toBe(true);
    const outside = await driver.check(prefix("203.0.113.9"));
    expect(outside.denied).toBe(false);
    expect(outside.evidence.join()).toContain("203.0.113.9 is not in it");
    expect((await driver.check(prefix("198.51.0.0/16"))).denied).toBe(false);
  });

  it("lets what is allowed win", async () => {
    await apply({ deny: ["198.51.100.0/24"], allow: ["198.51.100.9"] });
    expect((await driver.check(prefix("198.51.100.9"))).denied).toBe(false);
    expect((await driver.check(prefix("198.51.100.8"))).denied).toBe(true);
  });

  it("changes from any rules to any others, also where a prefix takes the place of a wider one", async () => {
    await apply({ deny: ["198.51.100.0/24", "192.0.2.1"] });
    await apply({ deny: ["198.51.100.128/25", "192.0.2.1", "192.0.2.2"] });
    expect((await held()).deny).toEqual(["192.0.2.1", "192.0.2.2", "198.51.100.128/25"]);
    await apply({ deny: ["198.51.100.0/24"] });
    expect((await held()).deny).toEqual(["198.51.100.0/24"]);
    await apply({});
    expect((await held()).deny).toEqual([]);
  });

  it("takes thousands of rules in one change", async () => {
    const deny = Array.from({ length: 20_000 }, (_, index) => `45.${index >> 8}.${index & 255}.7`);
    await apply({ deny });
    expect((await held()).deny).toEqual(deny.toSorted());
    await apply({ deny: [...deny, "203.0.113.1"] });
    expect((await driver.check(prefix("203.0.113.1"))).denied).toBe(true);
  });

  it("puts back what somebody else has taken away", async () => {
    await apply({ deny: ["192.0.2.1"] });
    for (const [program, ...args] of flush) await host.run(program!, args);
    expect((await held()).problem).not.toBeNull();
    await apply({ deny: ["192.0.2.1"] });
    expect(await held()).toMatchObject({ deny: ["192.0.2.1"], problem: null });
  });

  it("stops real packets, and lets them through again", async () => {
    const reaches = () => host.reachesOutside();
    await until(reaches);
    await apply({ deny: [host.outside] });
    expect(await reaches()).toBe(false);
    await apply({ deny: [host.outside], allow: [host.outside] });
    expect(await reaches()).toBe(true);
    await apply({});
    expect(await reaches()).toBe(true);
  });
});

describe("the table of nftables", () => {
  it("is the only thing that is touched", async () => {
    const host = await HostNamespace.create();
    try {
      await host.nft("add", "table", "inet", "neighbour");
      await host.nft(
        "add",
        "set",
        "inet",
        "neighbour",
        "kept",
        "{ type ipv4_addr; elements = { 192.0.2.9 }; }",
      );
      const driver = new NftablesDriver(host.run);
      await driver.apply({ deny: [prefix("192.0.2.1")], allow: [] });
      await driver.apply({ deny: [], allow: [] });
      const { stdout } = await host.nft("list", "set", "inet", "neighbour", "kept");
      expect(stdout).toContain("192.0.2.9");
    } finally {
      await host.destroy();
    }
  });

  it("is seen to be wrong when its rules were changed", async () => {
    const host = await HostNamespace.create();
    try {
      const driver = new NftablesDriver(host.run);
      await driver.apply({ deny: [prefix("192.0.2.1")], allow: [] });
      await host.nft("flush", "chain", "inet", "banwatch", "screen");
      expect((await driver.read()).problem).toContain("the rules of the chain");
      await driver.apply({ deny: [prefix("192.0.2.1")], allow: [] });
      expect((await driver.read()).problem).toBeNull();
    } finally {
      await host.destroy();
    }
  });
});

function prefix(text: string): Prefix {
  return parsePrefix(text)!;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("it never happened");
  }
}
