import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "../fixture/agent-process.ts";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { TestApp } from "../fixture/test-app.ts";
import { runProgram } from "../firewall/run-program.ts";
import { DEFAULT_ACCOUNT, findAccount } from "./account.ts";
import { hearWorker } from "./two-processes.ts";
import { Fail2ban } from "../firewall/fail2ban.ts";
import { HostEnforcer } from "../firewall/host-enforcer.ts";
import { NftablesDriver } from "../firewall/nftables-driver.ts";

const LINE = "2026-11-20 10:00:00,000 fail2ban.actions        [812]: NOTICE  [sshd] Ban 203.0.113.1\n";
const account = findAccount("nobody")!;
const ADM = 4;
const FILES = ["passwd", "shadow", "group", "gshadow"];

describe("an agent that root starts", () => {
  let host: HostNamespace;
  let app: TestApp;
  let agent: AgentProcess;

  beforeEach(async () => {
    host = await HostNamespace.create();
    app = await TestApp.start({ address: host.outside });
    writeFileSync(host.log, LINE, { mode: 0o640 });
    chownSync(host.log, 0, ADM);
    agent = new AgentProcess([...common(), "--log", host.log, "--user", account.name], {
      network: host.name,
    });
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    await app.stop();
    await host.destroy();
  });

  const common = () => ["--server", app.url, "--state", join(host.directory, "state")];

  /** The agent's processes, and the account of each. */
  async function processes(): Promise<{ pid: number; uid: number }[]> {
    const { stdout } = await runProgram("pgrep", ["-f", `agent --server ${app.url} `]);
    return stdout
      .trim()
      .split("\n")
      .map((pid) => {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        return { pid: Number(pid), uid: Number(/^Uid:\s+(\d+)/m.exec(status)![1]) };
      });
  }

  async function deny(address: string): Promise<string> {
    const commandId = randomUUID();
    const rule = {
      ruleId: randomUUID(),
      effect: "deny" as const,
      prefix: address,
      untilMs: null,
      removed: false,
    };
    await app.order({ type: "rules", base: 0, generation: 1, rules: [{ ...rule, commandId }] });
    const last = () => app.reports.filter((report) => report.commandId === commandId).at(-1)?.state;
    await app.until(() => last() === "verified" || last() === "failed");
    return last()!;
  }

  it("reads and talks without rights, and acts on the firewall through the process that has them", async () => {
    chmodSync(host.directory, 0o755);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.events.length === 1 && app.statuses.length > 0);
    expect((await processes()).map(({ uid }) => uid).toSorted((a, b) => a - b)).toEqual([0, account.uid]);
    expect(app.statuses.at(-1)!.firewall.state).toBe("ready");
    expect(await deny("203.0.113.1")).toBe("verified");
    expect(statSync(join(host.directory, "state/identity.json"))).toMatchObject({
      uid: account.uid,
      mode: 0o100600,
    });
    expect(await agent.stop()).toBe(0);
  });

  it("ends both processes when either is killed, and starts again", async () => {
    chmodSync(host.directory, 0o755);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected);
    await agent.stop("SIGKILL");
    await app.until(() => !app.connected);
    agent.start();
    await app.until(() => app.connected);
    const worker = (await processes()).find(({ uid }) => uid === account.uid)!;
    process.kill(worker.pid, "SIGKILL");
    expect(await agent.ended()).toBe(1);
  });

  it("does all in one process, and says why, where the account can't reach what is needed", async () => {
    chmodSync(host.directory, 0o700);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.events.length === 1);
    expect(agent.output).toContain("All is done by root in one process");
    expect((await processes()).map(({ uid }) => uid)).toEqual([0]);
    expect(await deny("203.0.113.1")).toBe("verified");
  });

  it("works as an account of its own, which it makes", async () => {
    chmodSync(host.directory, 0o755);
    const etc = join(host.directory, "etc");
    await runProgram("cp", ["-a", "/etc", etc]);
    await runProgram("sed", ["-i", `/^${DEFAULT_ACCOUNT}:/d`, ...FILES.map((name) => join(etc, name))]);
    agent = new AgentProcess([...common(), "--log", host.log], { network: host.name, etc });
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.events.length === 1);
    const made = findAccount(DEFAULT_ACCOUNT, readFileSync(join(etc, "passwd"), "utf8"))!;
    expect((await processes()).map(({ uid }) => uid).toSorted((a, b) => a - b)).toEqual([0, made.uid]);
    expect(agent.output).toContain(`The system account ${DEFAULT_ACCOUNT} was made`);
    expect(await deny("203.0.113.1")).toBe("verified");
    expect(await agent.stop()).toBe(0);
    agent.output = "";
    agent.start();
    await app.until(() => app.connected);
    expect(agent.output).not.toContain("was made");
  });

  it("stays one process of root, with root's own state, where only root can read the log", async () => {
    chmodSync(host.directory, 0o755);
    chownSync(host.log, 0, 0);
    chmodSync(host.log, 0o600);
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.events.length === 1);
    expect(agent.output).toContain(`${host.log} is not within its reach`);
    expect((await processes()).map(({ uid }) => uid)).toEqual([0]);
    expect(statSync(join(host.directory, "state")).uid).toBe(0);
  });

  it("never works as root in a directory that an account owns", async () => {
    mkdirSync(join(host.directory, "state"));
    chownSync(join(host.directory, "state"), account.uid, account.gid);
    for (const more of [["--user", "root"], ["--once"]]) {
      agent = new AgentProcess([...common(), "--log", host.log, ...more], { network: host.name });
      agent.start(["--join", app.token]);
      expect(await agent.ended()).toBe(1);
      expect(agent.output).toContain("belongs to another account");
    }
  });
});

describe("what the part without rights says", () => {
  it("is believed once, as its first word", async () => {
    let say: (message: unknown) => void = () => {};
    const sent: unknown[] = [];
    const line = {
      send: (message: unknown) => sent.push(message),
      onMessage: (listener: (message: unknown) => void) => {
        say = listener;
      },
    };
    const enforcer = new HostEnforcer({
      driver: new NftablesDriver(),
      fail2ban: new Fail2ban({ socket: "/nonexistent", timeZone: "UTC" }),
    });
    const ready = hearWorker(line, enforcer);
    say({ ready: true });
    say({ ready: false, reason: "all must be done by root" });
    expect(await ready).toBeNull();
    say({ id: 1, verb: "allow", args: [{ deny: ["0.0.0.0/0"], allow: [] }] });
    await expect
      .poll(() => sent)
      .toEqual([{ id: 1, value: null, error: expect.stringContaining("not blocked") }]);
    const late = hearWorker(line, enforcer);
    say({ id: 2, verb: "allow", args: [{ deny: [], allow: [] }] });
    expect(await late).toContain("something else");
  });
});
