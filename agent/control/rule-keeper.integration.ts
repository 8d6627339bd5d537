import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Report, RulesOrder } from "../../lib/wire/wire.ts";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { Fail2ban } from "../firewall/fail2ban.ts";
import { HostEnforcer } from "../firewall/host-enforcer.ts";
import { NftablesDriver } from "../firewall/nftables-driver.ts";
import type { Guarded } from "./guarded.ts";
import { RuleKeeper } from "./rule-keeper.ts";
import { StateDirectory } from "./state-directory.ts";

let host: HostNamespace;
let state: StateDirectory;
let reports: Report[];
let isReachable: boolean;
let enforcer: HostEnforcer;

const NOBODY: Guarded = { own: [], gateways: [], resolvers: [], app: [], sessions: ["198.51.100.22"] };

beforeEach(async () => {
  host = await HostNamespace.create();
  state = new StateDirectory(`${host.directory}/state`);
  reports = [];
  isReachable = true;
  const fail2ban = new Fail2ban({ socket: host.socket, timeZone: "UTC", run: host.run });
  enforcer = new HostEnforcer({ driver: new NftablesDriver(host.run), fail2ban, run: host.run });
});
afterEach(() => host.destroy());

function create(): RuleKeeper {
  return new RuleKeeper({
    state,
    enforcer,
    report: (report) => reports.push(report),
    guarded: () => Promise.resolve(NOBODY),
    reachesApp: () => Promise.resolve(isReachable),
    appNowMs: Date.now,
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
const denied = async () => (await enforcer.list()).rules.deny.toSorted();

it("takes back what cuts the host off from the app, and keeps what was there", async () => {
  const keeper = create();
  await keeper.take(order(1, 0, ["203.0.113.1"]));
  isReachable = false;
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
