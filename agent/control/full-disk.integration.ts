import { randomUUID } from "node:crypto";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { ReportApp } from "../fixture/report-app.ts";
import { signOrder } from "../../lib/wire/signed-order.ts";
import type { Order } from "../../lib/wire/wire.ts";
import { SmallDisk } from "../fixture/small-disk.ts";
import { OrderDesk } from "./order-desk.ts";
import { ReportQueue } from "./report-queue.ts";
import { StateDirectory } from "./state-directory.ts";

describe("an agent whose disk is full", () => {
  let disk: SmallDisk;
  let state: StateDirectory;

  beforeEach(async () => {
    disk = await SmallDisk.create(128);
    state = new StateDirectory(join(disk.path, "state"));
  });
  afterEach(async () => {
    state.release();
    await disk.remove();
  });

  it("keeps the whole old file when there is no room for the new one", () => {
    const schema = z.array(z.string());
    state.writeJson("rules.json", ["good"]);
    expect(() => state.writeJson("rules.json", ["x".repeat(500_000)])).toThrow("ENOSPC");
    expect(state.readJson("rules.json", schema)).toEqual(["good"]);
    state.writeJson("rules.json", ["new"]);
    expect(state.readJson("rules.json", schema)).toEqual(["new"]);
  });

  it("writes through no link that somebody else put into its directory", () => {
    const precious = join(disk.path, "precious");
    writeFileSync(precious, "precious");
    symlinkSync(precious, state.file("orders.json.new"));
    state.writeJson("orders.json", {});
    expect(readFileSync(precious, "utf8")).toBe("precious");
    expect(readFileSync(state.file("orders.json"), "utf8")).toBe("{}");
    symlinkSync(precious, state.file("other.json"));
    expect(() => state.readJson("other.json", z.object({}))).toThrow("is a link");
  });
  it("reports what became of orders all the same, and keeps it on disk once there is room", async () => {
    const app = await ReportApp.start();
    const said: string[] = [];
    const queue = new ReportQueue({ state, client: app.client, log: (sentence) => said.push(sentence) });
    const report = () => ({ commandId: randomUUID(), state: "verified" as const, atMs: 1 });
    disk.fill();
    for (let index = 0; index < 200; index += 1) queue.add(report());
    expect(said).toEqual([expect.stringContaining("ENOSPC")]);
    const stop = new AbortController();
    const running = queue.run(stop.signal);
    await app.until(() => app.reports.length === 200);
    disk.makeRoom();
    await until(() => {
      queue.add(report());
      return statSync(state.file("reports.jsonl")).size > 0;
    });
    stop.abort();
    await running;
    await app.stop();
  });

  it("carries out each unban, and none twice", async () => {
    const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    const about = { hostId: "host", appKey: publicKey, nowMs: Date.now, log: () => {} };
    const unbanned: string[] = [];
    const desk = new OrderDesk(state, about, {
      command: ({ prefix, commandId }) => {
        unbanned.push(prefix);
        return Promise.resolve({ commandId, state: "verified", atMs: 1 });
      },
      rules: () => Promise.resolve(),
      repeat: () => {},
    });
    disk.fill();
    const times = { nowMs: Date.now(), expiresAtMs: Date.now() + 60_000 };
    const prefixes = ["203.0.113.1", "203.0.113.2", "203.0.113.3"];
    for (const prefix of prefixes) {
      const order: Order = { type: "command", commandId: randomUUID(), verb: "unban", prefix, jails: [] };
      const jws = await signOrder(privateKey, "host", order, times);
      await desk.take(jws);
      await desk.take(jws);
    }
    expect(unbanned).toEqual(prefixes);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 100));
}
