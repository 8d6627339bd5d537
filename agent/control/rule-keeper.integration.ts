import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Report, RulesOrder } from "../../lib/wire/wire.ts";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { Fail2ban } from "../firewall/fail2ban.ts";
import { HostEnforcer } from "../firewall/host-enforcer.ts";
import { NftablesDriver } from "../firewall/nftables-driver.ts";
import { runProgram } from "../firewall/run-program.ts";
import type { Guarded } from "./guarded.ts";
import { type Reach, RuleKeeper } from "./rule-keeper.ts";
import { StateDirectory } from "./state-directory.ts";

let host: HostNamespace;
let state: StateDirectory;
let reports: Report[];
let reach: () => Promise<Reach>;
let asked: number;
let nowMs: () => number;
let tell: (report: Report) => void;
let enforcer: HostEnforcer;

const NOBODY: Guarded = { own: [], gateways: [], resolvers: [], app: [], sessions: ["198.51.100.22"] };

beforeEach(async () => {
  host = await HostNamespace.create();
  state = new StateDirectory(`${host.directory}/state`);
  reports = [];
  asked = 0;
  reach = () => Promise.resolve("reached");
  nowMs = Date.now;
  tell = (one) => reports.push(one);
  const fail2ban = new Fail2ban({ socket: host.socket, timeZone: "UTC", run: host.run });
  enforcer = new HostEnforcer({ driver: new NftablesDriver(host.run), fail2ban, run: host.run });
});
afterEach(() => host.destroy());

function create(): RuleKeeper {
  return new RuleKeeper({
    state,
    enforcer,
    report: (one) => tell(one),
    guarded: () => Promise.resolve(NOBODY),
    reachesApp: async () => {
      asked += 1;
      return await reach();
    },
    appNowMs: () => nowMs(),
    now: Date.now,
    log: () => {},
  });
}

function order(generation: number, base: number, prefixes: string[]): RulesOrder {
  const rules = prefixes.map((prefix) => {
    const [ruleId, commandId] = [randomUUID(), randomUUID()];
    return { ruleId, effect: "deny" as const, prefix, untilMs: null, removed: false, commandId };
  });
  return { type: "rules", generation, base, rules };
}

const states = () => reports.map((report) => report.state);
const denied = async () => (await enforcer.listRules()).rules.deny.toSorted();

it("takes back what cuts the host off from the app, and keeps what was there", async () => {
  const keeper = create();
  await keeper.take(order(1, 0, ["203.0.113.1"]));
  reach = () => Promise.resolve("cut off");
  reports.length = 0;
  await keeper.take(order(2, 1, ["203.0.113.2"]));
  expect(states()).toEqual(["delivered", "applied", "failed"]);
  expect(reports.at(-1)!.detail).toContain("cut this host off");
  expect(await denied()).toEqual(["203.0.113.1"]);
  const again = create();
  await again.restore();
  expect(await denied()).toEqual(["203.0.113.1"]);
});

it("refuses one rule and carries out the others of the same order", async () => {
  await create().take(order(1, 0, ["198.51.100.0/24", "203.0.113.1"]));
  expect(states().toSorted()).toEqual(["applied", "delivered", "delivered", "failed", "verified"]);
  expect(await denied()).toEqual(["203.0.113.1"]);
});

it("asks for all rules when an order builds on some that it doesn't have", async () => {
  const keeper = create();
  expect(await keeper.take(order(7, 6, ["203.0.113.1"]))).toBe(false);
  expect(keeper.generation).toBe(0);
  expect(await keeper.take(order(7, 0, ["203.0.113.1"]))).toBe(true);
  expect(keeper.generation).toBe(7);
});

it("carries out thousands of rules at once, and proves each", async () => {
  const prefixes = Array.from({ length: 3_000 }, (_, index) => `45.${index >> 8}.${index & 255}.1`);
  await create().take(order(1, 0, [...prefixes, "45.0.0.0/24"]));
  expect(reports.filter((report) => report.state === "verified")).toHaveLength(3_001);
  // 45.0.0.1 is covered by the prefix.
  expect(await denied()).toHaveLength(3_000);
});

it("lifts a rule, and proves that too", async () => {
  const keeper = create();
  const first = order(1, 0, ["203.0.113.1"]);
  await keeper.take(first);
  reports.length = 0;
  const lift = { ...first.rules[0]!, removed: true, commandId: randomUUID() };
  await keeper.take({ type: "rules", generation: 2, base: 1, rules: [lift] });
  expect(reports.at(-1)).toMatchObject({ commandId: lift.commandId, state: "verified" });
  expect(reports.at(-1)!.evidence).toEqual(["nft inet banwatch deny4: 203.0.113.1 is not in it"]);
  expect(await denied()).toEqual([]);
});

it("keeps what it has when an order can't be written down", async () => {
  const small = `${host.directory}/small`;
  mkdirSync(small);
  await runProgram("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small]);
  try {
    state = new StateDirectory(`${small}/state`);
    const keeper = create();
    await keeper.take(order(1, 0, ["203.0.113.1", "203.0.113.2"]));
    expect(() => writeFileSync(`${small}/full`, Buffer.alloc(1024 * 1024))).toThrow(/ENOSPC/);
    await expect(keeper.take(order(2, 0, ["203.0.113.3"]))).rejects.toThrow(/ENOSPC/);
    await keeper.check();
    expect(await denied()).toEqual(["203.0.113.1", "203.0.113.2"]);
    expect(keeper.generation).toBe(1);
    rmSync(`${small}/full`);
    reach = () => {
      expect(() => writeFileSync(`${small}/full`, Buffer.alloc(1024 * 1024))).toThrow(/ENOSPC/);
      return Promise.resolve("cut off");
    };
    await keeper.take(order(2, 1, ["203.0.113.4"]));
    expect(await denied()).toEqual(["203.0.113.1", "203.0.113.2"]);
    rmSync(`${small}/full`);
    reach = () => Promise.resolve("reached");
    expect(await keeper.take(order(3, 2, ["203.0.113.3"]))).toBe(true);
    expect(await denied()).toEqual(["203.0.113.1", "203.0.113.2", "203.0.113.3"]);
  } finally {
    await runProgram("umount", [small]);
  }
});

it("keeps the firewall as it should be, also when nothing can be reported", async () => {
  tell = () => {
    throw new Error("ENOSPC: no space left on device");
  };
  const keeper = create();
  await keeper.take(order(1, 0, ["203.0.113.1"]));
  expect(await denied()).toEqual(["203.0.113.1"]);
  await host.nft("flush", "ruleset");
  await keeper.check();
  expect(await denied()).toEqual(["203.0.113.1"]);
});

it("refuses a rule that blocks an address which the host has got since, and keeps the others", async () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)!.address;
  const rules = [own, "203.0.113.1"].map((prefix) => ({
    ruleId: randomUUID(),
    effect: "deny",
    prefix,
    untilMs: null,
  }));
  state.writeJson("rules.json", { generation: 1, rules });
  const keeper = create();
  await keeper.restore();
  expect(await denied()).toEqual(["203.0.113.1"]);
  expect(keeper.inForce).toBe(1);
});

it("ends rules on time and repairs the table while fail2ban hangs", async () => {
  const hanging = createServer(() => {}).listen(host.socket);
  try {
    const keeper = create();
    const first = order(1, 0, ["203.0.113.1", "203.0.113.2"]);
    first.rules[1]!.untilMs = Date.now() + 60_000;
    await keeper.take(first);
    nowMs = () => Date.now() + 120_000;
    await keeper.check();
    expect(await denied()).toEqual(["203.0.113.1"]);
    await host.nft("flush", "ruleset");
    await keeper.check();
    expect(await denied()).toEqual(["203.0.113.1"]);
  } finally {
    hanging.close();
  }
});

it("asks after a kill whether the app can still be reached, and takes back what cuts it off", async () => {
  await create().take(order(1, 0, ["203.0.113.1"]));
  reach = () => new Promise(() => {});
  const second = order(2, 1, ["203.0.113.2"]);
  void create().take(second);
  await expect.poll(() => asked).toBe(2);
  reach = () => Promise.resolve("cut off");
  const again = create();
  await again.restore();
  expect(await denied()).toEqual(["203.0.113.1", "203.0.113.2"]);
  reports.length = 0;
  await again.check();
  expect(await denied()).toEqual(["203.0.113.1"]);
  expect(reports).toMatchObject([{ commandId: second.rules[0]!.commandId, state: "failed" }]);
  asked = 0;
  await again.check();
  expect(asked).toBe(0);
});

it("says nothing of a rule while it is not known whether the app can be reached, and proves it later", async () => {
  reach = () => Promise.resolve("unknown");
  await create().take(order(1, 0, ["203.0.113.1"]));
  expect(states()).toEqual(["delivered", "applied"]);
  reach = () => Promise.resolve("reached");
  const again = create();
  await again.restore();
  await again.check();
  expect(states()).toEqual(["delivered", "applied", "verified"]);
  expect(await denied()).toEqual(["203.0.113.1"]);
});

it("takes an older rule back when an allow rule that covered it is removed and the host is cut off", async () => {
  const keeper = create();
  const first = order(1, 0, ["203.0.113.0/24", "203.0.113.9"]);
  first.rules[1] = { ...first.rules[1]!, effect: "allow" };
  await keeper.take(first);
  reach = () => Promise.resolve("cut off");
  const removed = { ...first.rules[1], removed: true };
  await keeper.take({ type: "rules", generation: 2, base: 1, rules: [removed] });
  expect(await denied()).toEqual([]);
});

it("takes an older rule back when the time of the allow rule that covered it is over and the host is cut off", async () => {
  const keeper = create();
  const first = order(1, 0, ["203.0.113.0/24", "203.0.113.9"]);
  first.rules[1] = { ...first.rules[1]!, effect: "allow", untilMs: Date.now() + 60_000 };
  await keeper.take(first);
  await keeper.check();
  reach = () => Promise.resolve("cut off");
  asked = 0;
  await keeper.check();
  expect(asked).toBe(0);
  nowMs = () => Date.now() + 120_000;
  await keeper.check();
  expect(asked).toBe(1);
  expect(await denied()).toEqual([]);
});
