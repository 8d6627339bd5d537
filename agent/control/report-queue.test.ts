import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Report } from "../../lib/wire/wire.ts";
import { ReportApp } from "../fixture/report-app.ts";
import { ReportQueue } from "./report-queue.ts";
import { StateDirectory } from "./state-directory.ts";

describe("the queue of reports", () => {
  let state: StateDirectory;
  let app: ReportApp;
  let stop: AbortController;
  let running: Promise<void>;
  const said: string[] = [];

  beforeEach(async () => {
    state = new StateDirectory(mkdtempSync(join(tmpdir(), "reports-")));
    app = await ReportApp.start();
    stop = new AbortController();
    running = Promise.resolve();
    said.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await app.stop();
    rmSync(state.path, { recursive: true, force: true });
  });

  function open(): ReportQueue {
    return new ReportQueue({ state, client: app.client, log: (sentence) => said.push(sentence) });
  }
  function report(about: Partial<Report> = {}): Report {
    return { commandId: randomUUID(), state: "verified", atMs: 1, ...about };
  }

  it("is on disk until the app has it, and sent in order", async () => {
    const reports = Array.from({ length: 1_200 }, () => report());
    const first = open();
    for (const one of reports) first.add(one);
    const queue = open();
    running = queue.run(stop.signal);
    await app.until(() => app.reports.length === reports.length);
    expect(app.reports).toEqual(reports);
    await until(() => statSync(state.file("reports.jsonl")).size === 0);
  });

  it("sends what is left after it was killed, not all once more", async () => {
    const queue = open();
    for (let index = 0; index < 1_200; index += 1) queue.add(report());
    running = queue.run(stop.signal);
    await app.until(() => app.reports.length >= 500);
    stop.abort();
    await running;
    const had = app.reports.length;
    const afterwards = new AbortController();
    const second = open().run(afterwards.signal);
    await app.until(() => new Set(app.reports.map(({ commandId }) => commandId)).size === 1_200);
    afterwards.abort();
    await second;
    expect(had).toBeLessThan(1_200);
    expect(app.reports.length).toBeLessThanOrEqual(1_700);
  });

  it("sends a hundred thousand without writing all that waits again and again", async () => {
    const queue = open();
    for (let index = 0; index < 100_000; index += 1) queue.add(report());
    const startedMs = performance.now();
    running = queue.run(stop.signal);
    await app.until(() => app.reports.length === 100_000);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  }, 60_000);

  it("keeps no more than the newest of each state of a command while the app is away", async () => {
    const commandId = randomUUID();
    const queue = open();
    for (let atMs = 0; atMs < 50_000; atMs += 1) {
      queue.add(report({ commandId, atMs, state: atMs % 2 === 0 ? "drifted" : "verified" }));
    }
    expect(statSync(state.file("reports.jsonl")).size).toBeLessThan(1_000_000);
    running = queue.run(stop.signal);
    await app.until(() => app.reports.at(-1)?.atMs === 49_999);
    expect(app.reports.length).toBeLessThan(5_000);
  });

  it("drops the one report that the app can't read, and none beside it", async () => {
    const queue = open();
    const reports = Array.from({ length: 9 }, (_, index) => report({ atMs: index === 4 ? -1 : index }));
    for (const one of reports) queue.add(one);
    running = queue.run(stop.signal);
    await app.until(() => app.reports.length === 8);
    expect(app.reports).toEqual(reports.filter(({ atMs }) => atMs !== -1));
    expect(said.join()).toContain("dropped");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
