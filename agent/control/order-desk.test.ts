import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signOrder } from "../../lib/wire/signed-order.ts";
import type { CommandOrder, Order, Report, RulesOrder } from "../../lib/wire/wire.ts";
import { OrderDesk } from "./order-desk.ts";
import { StateDirectory } from "./state-directory.ts";

const HOST = randomUUID();
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

describe("the desk that takes orders", () => {
  let state: StateDirectory;
  let key: CryptoKey;
  let appKey: CryptoKey;
  let clockMs: number;
  let done: CommandOrder[];
  let taken: number[];
  let told: Report[];
  let carryOut: (order: CommandOrder) => Promise<void>;

  beforeEach(async () => {
    state = new StateDirectory(mkdtempSync(join(tmpdir(), "desk-")));
    ({ privateKey: key, publicKey: appKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" }));
    clockMs = Date.now();
    done = [];
    taken = [];
    told = [];
    carryOut = () => Promise.resolve();
  });
  afterEach(() => rmSync(state.path, { recursive: true, force: true }));

  function open(): OrderDesk {
    const about = { hostId: HOST, appKey, nowMs: () => clockMs, log: () => {} };
    return new OrderDesk(state, about, {
      command: async (order) => {
        done.push(order);
        await carryOut(order);
        return { commandId: order.commandId, state: "verified", atMs: clockMs };
      },
      rules: ({ generation }) => Promise.resolve(void taken.push(generation)),
      repeat: (report) => told.push(report),
    });
  }
  const signed = (order: Order) =>
    signOrder(key, HOST, order, { nowMs: clockMs, expiresAtMs: clockMs + HOUR_MS });
  const unban = (prefix = "203.0.113.7") =>
    signed({ type: "command", commandId: randomUUID(), verb: "unban", prefix, jails: [] });
  const rules = (generation: number, base: number, more: RulesOrder["rules"] = []) =>
    signed({ type: "rules", generation, base, rules: more });

  it("carries out four commands at once at most, and those for one address one after the other", async () => {
    let running = 0;
    let most = 0;
    const busy = new Set<string>();
    const release: (() => void)[] = [];
    carryOut = async ({ prefix }) => {
      expect(busy.has(prefix)).toBe(false);
      busy.add(prefix);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
      busy.delete(prefix);
    };
    const desk = open();
    for (let index = 0; index < 40; index += 1) await desk.take(await unban(`203.0.113.${index % 8}`));
    while (done.length < 40 || running > 0) {
      release.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBe(4);
  });

  it("goes on when a command can't be carried out", async () => {
    const desk = open();
    carryOut = () => Promise.reject(new Error("broken"));
    await desk.take(await unban());
    carryOut = () => Promise.resolve();
    await desk.take(await unban("203.0.113.8"));
    await until(() => done.length === 2);
  });

  it("starts with a damaged memory of earlier orders as with none", async () => {
    writeFileSync(state.file("orders.json"), "");
    const desk = open();
    await desk.take(await unban());
    await until(() => done.length === 1);
  });

  it("takes rules after the app's clock was corrected", async () => {
    const desk = open();
    clockMs += DAY_MS;
    await desk.take(await rules(1, 0));
    clockMs -= DAY_MS;
    await desk.take(await rules(2, 1));
    expect(taken).toEqual([1, 2]);
    await desk.take(await rules(1, 0));
    expect(taken).toEqual([1, 2, 1]);
  });

  it("refuses rules that are older than those in force, and says so", async () => {
    const desk = open();
    const ruleId = randomUUID();
    const commandId = randomUUID();
    const one = { ruleId, effect: "deny", prefix: "203.0.113.7", untilMs: null, removed: false } as const;
    clockMs -= 60_000;
    const oldAll = await rules(4, 0);
    const oldNews = await rules(4, 3, [{ ...one, commandId }]);
    clockMs += 60_000;
    await desk.take(await rules(5, 0));
    await desk.take(oldAll);
    await desk.take(oldNews);
    expect(taken).toEqual([5]);
    expect(told).toMatchObject([{ commandId, state: "failed" }]);
    // An app that was put back from a backup begins at a lower number, with all its rules.
    await desk.take(await rules(2, 0));
    expect(taken).toEqual([5, 2]);
  });

  it("takes no recorded order again because somebody sets the time back", async () => {
    clockMs = Date.now() - 2 * DAY_MS;
    const recorded = await unban();
    const kept = await unban("203.0.113.9");
    const desk = open();
    await desk.take(recorded);
    await until(() => done.length === 1);
    clockMs += 2 * DAY_MS;
    await desk.take(await unban("203.0.113.8"));
    await until(() => done.length === 2);
    clockMs -= 2 * DAY_MS;
    await open().take(recorded);
    await open().take(kept);
    await desk.take(kept);
    expect(done).toHaveLength(2);
    expect(desk.nowMs()).toBeGreaterThan(clockMs + DAY_MS);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
