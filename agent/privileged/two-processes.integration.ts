import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "../fixture/agent-process.ts";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { TestApp } from "../fixture/test-app.ts";
import { runProgram } from "../firewall/run-program.ts";
import { findAccount } from "./account.ts";

const LINE = "2026-11-20 10:00:00,000 fail2ban.actions        [812]: NOTICE  [sshd] Ban 203.0.113.1\n";
const account = findAccount("nobody")!;
const ADM = 4;

describe("an agent that root starts", () => {
  let host: HostNamespace;
  let app: TestApp;
  let agent: AgentProcess;

  beforeEach(async () => {
    host = await HostNamespace.create();
    app = await TestApp.start({ address: host.outside });
    writeFileSync(host.log, LINE, { mode: 0o640 });
    chownSync(host.log, 0, ADM);
    agent = new AgentProcess(
      [
        "--server",
        app.url,
        "--state",
        join(host.directory, "state"),
        "--log",
        host.log,
        "--user",
        account.name,
      ],
      { network: host.name },
    );
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    await app.stop();
    await host.destroy();
  });

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
});
