import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecurityEvent } from "../../lib/event/event.ts";
import { AppClient } from "../control/app-client.ts";
import { establishIdentity } from "../control/identity.ts";
import { StateDirectory } from "../control/state-directory.ts";
import { TestApp } from "../fixture/test-app.ts";
import { NEW_SOURCE } from "../source/source.ts";
import { Shipper } from "./shipper.ts";
import { Spool } from "./spool.ts";

describe("the shipper", () => {
  let state: StateDirectory;
  let app: TestApp;
  let spool: Spool;
  const said: string[] = [];

  beforeEach(async () => {
    said.length = 0;
    app = await TestApp.start();
    state = new StateDirectory(mkdtempSync(join(tmpdir(), "shipper-")));
    spool = new Spool(state.file("spool"));
  });
  afterEach(async () => {
    spool.close();
    await app.stop();
    rmSync(state.path, { recursive: true, force: true });
  });

  async function ship(): Promise<void> {
    const about = { server: app.url, join: app.token, name: "mail", agentVersion: "0" };
    const client = new AppClient(await establishIdentity(state, about));
    const shipper = new Shipper({ spool, client, log: (sentence) => said.push(sentence) });
    await shipper.run(new AbortController().signal, { once: true });
  }

  it("drops the events that the app can't read, counts them, and sends all others in order", async () => {
    const bad = new Set([0, 1_234, 1_235, 5_999]);
    const events = Array.from({ length: 6_000 }, (_, index): SecurityEvent => ({
      timeMs: bad.has(index) ? -1 : index,
      kind: "attempt",
      source: "fail2ban",
      count: 1,
      sourceIp: "192.0.2.7",
    }));
    spool.append({ source: "log", events, state: NEW_SOURCE });
    await ship();
    expect(app.events).toEqual(events.filter(({ timeMs }) => timeMs !== -1));
    expect(spool.figures()).toMatchObject({ events: 0, lostEvents: 4 });
    expect(said.filter((sentence) => sentence.includes("dropped"))).toHaveLength(4);
    spool.close();
    spool = new Spool(state.file("spool"));
    expect(spool.figures()).toMatchObject({ events: 0, lostEvents: 4 });
    expect(spool.next()).toBeNull();
  });
});
