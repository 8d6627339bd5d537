import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "./fixture/agent-process.ts";
import { TestApp } from "./fixture/test-app.ts";

/** A real agent in a process of its own: what it reads is in the app once, whatever happens. */
describe("what an agent reads", () => {
  let directory: string;
  let log: string;
  let app: TestApp;
  let agent: AgentProcess;
  let written: string[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "delivery-"));
    log = join(directory, "fail2ban.log");
    written = [];
    app = await TestApp.start();
    const own = ["--state", join(directory, "state"), "--log", log];
    agent = new AgentProcess([
      ...own,
      "--server",
      app.url,
      "--fail2ban-socket",
      join(directory, "none.sock"),
    ]);
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    await app.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function write(count: number): void {
    let lines = "";
    for (let index = 0; index < count; index += 1) {
      const number = written.length;
      const address = `45.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      written.push(address);
      lines += `2026-11-20 10:00:00,000 fail2ban.actions        [812]: NOTICE  [sshd] Ban ${address}\n`;
    }
    appendFileSync(log, lines);
  }
  const arrived = () => app.events.map(({ sourceIp }) => sourceIp);

  it("arrives once and in order, whenever the agent is killed and whatever happens to the log", async () => {
    write(30_000);
    agent.start(["--join", app.token]);
    await app.until(() => app.events.length > 0);
    let random = 12345;
    const upTo = (limit: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % limit;
    };
    for (let round = 0; round < 12; round += 1) {
      const target = app.events.length + upTo(4_000);
      write(500 + upTo(5_000));
      if (round % 3 === 1) {
        if (round > 3) renameSync(`${log}.1`, `${log}.2`);
        renameSync(log, `${log}.1`);
        write(1_000);
      }
      await app.until(() => app.events.length >= Math.min(target, written.length));
      await agent.stop("SIGKILL");
      if (round % 4 === 2) {
        await app.stop();
        agent.start();
        await until(() => agent.output.includes("is not there"));
        await agent.stop("SIGKILL");
        await app.listen();
      }
      agent.start();
    }
    await app.until(() => app.events.length >= written.length);
    expect(arrived()).toEqual(written);
    expect(app.violations).toEqual([]);
  }, 120_000);

  it("is there as soon as the app is back, and without loss", async () => {
    write(10);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.events.length === 10);
    await app.stop();
    write(5_000);
    await app.listen();
    await app.until(() => app.events.length === written.length);
    app.broken = true;
    write(1);
    app.broken = false;
    await app.until(() => app.events.length === written.length);
    expect(arrived()).toEqual(written);
  });

  it("is sent again when the app was put back from a backup", async () => {
    write(3_000);
    agent.start(["--join", app.token]);
    await app.until(() => app.events.length === 3_000);
    app.restoreTo(1_234);
    write(1);
    await app.until(() => app.events.length === 3_001);
    expect(arrived()).toEqual(written);
  });

  it("is read, sent and acknowledged once with --once", async () => {
    write(12_345);
    agent.start(["--once", "--join", app.token]);
    expect(await agent.ended()).toBe(0);
    expect(arrived()).toEqual(written);
    expect(app.statuses.at(-1)!.sources[0]).toMatchObject({ lines: 12_345, events: 12_345 });
    agent.start(["--once"]);
    expect(await agent.ended()).toBe(0);
    expect(app.events).toHaveLength(12_345);
  });

  it("is not lost with --once when the app is away, which ends with a failure", async () => {
    write(10);
    agent.start(["--once", "--join", app.token]);
    expect(await agent.ended()).toBe(0);
    await app.stop();
    write(10);
    agent.start(["--once"]);
    expect(await agent.ended()).toBe(1);
    expect(agent.output).toContain("Banwatch can't be reached");
    await app.listen();
    agent.start(["--once"]);
    expect(await agent.ended()).toBe(0);
    expect(arrived()).toEqual(written);
  });

  it("gets there although the host's clock is wrong", async () => {
    app.clockOffsetMs = 3 * 60 * 60 * 1000;
    write(10);
    agent.start(["--join", app.token]);
    await app.until(() => app.events.length === 10 && app.connected);
    expect(app.violations).toEqual([]);
  });

  it("survives random bytes and lines of a megabyte, which are counted", async () => {
    write(5);
    const noise = Buffer.alloc(300_000, 0);
    for (let index = 0; index < noise.length; index += 1)
      noise[index] = (index * index * 31 + index * 7) % 256;
    appendFileSync(
      log,
      Buffer.concat([noise, Buffer.from("\n"), Buffer.alloc(1_000_000, "y"), Buffer.from("\n")]),
    );
    agent.start(["--join", app.token]);
    await app.until(() => app.events.length === 5);
    write(5);
    await app.until(() => app.events.length === 10 && (app.statuses.at(-1)?.sources[0]?.unreadable ?? 0) > 0);
    rmSync(log);
    await app.until(() => app.statuses.at(-1)?.sources[0]?.state === "missing", 25_000);
    writeFileSync(log, "");
    write(5);
    await app.until(() => app.events.length === 15);
    expect(arrived()).toEqual(written);
  });

  it("is one agent's alone: a second one on the same directory is refused", async () => {
    write(1);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected);
    const second = new AgentProcess(["--state", join(directory, "state"), "--log", log]);
    second.start();
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain("Another agent");
    expect(await agent.stop()).toBe(0);
  });

  it("goes nowhere without a token, with a used one, or to somebody else", async () => {
    const said = async (args: string[]) => {
      agent.output = "";
      agent.start(args);
      expect(await agent.ended()).toBe(1);
      // What is said with its time is the agent's log; what ended it is one sentence.
      const lines = agent.output.trim().split("\n");
      expect(lines.filter((line) => !/^\d{4}-\d\d-\d\dT/.test(line))).toHaveLength(1);
      return agent.output;
    };
    expect(await said([])).toContain("not connected yet");
    expect(await said(["--join", "nonsense"])).toContain("not a join token");
    const { token } = app;
    app.newToken("A".repeat(22));
    expect(await said(["--join", app.token])).toContain("not the Banwatch that made this token");
    expect(await said(["--join", token])).toContain("refused to connect this host");
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it never happened: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
