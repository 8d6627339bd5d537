import { randomUUID } from "node:crypto";
import { generateKeyPair } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Order, Report } from "../lib/wire/wire.ts";
import { AgentProcess } from "./fixture/agent-process.ts";
import { HostNamespace } from "./fixture/host-namespace.ts";
import { TestApp } from "./fixture/test-app.ts";

/** A real agent next to a real fail2ban, with the app's side of the wire at the other end of the line. */
describe("an agent on a host with fail2ban", () => {
  let host: HostNamespace;
  let app: TestApp;
  let agent: AgentProcess;
  let generation = 0;

  beforeAll(async () => {
    host = await HostNamespace.create();
    await host.startFail2ban();
    app = await TestApp.start({ address: host.outside });
    agent = new AgentProcess(
      [
        "--server",
        app.url,
        "--state",
        `${host.directory}/state`,
        "--log",
        host.log,
        "--fail2ban-socket",
        host.socket,
      ],
      { network: host.name },
    );
    agent.start(["--join", app.token]);
    await app.until(() => app.connected && app.statuses.length > 0);
  });
  afterAll(async () => {
    await agent.stop();
    await app.stop();
    await host.destroy();
  });
  beforeEach(() => {
    app.orders.length = 0;
  });

  async function banned(address: string): Promise<void> {
    host.attack(address);
    await app.until(
      () => app.events.filter((event) => event.kind === "ban" && event.sourceIp === address).length === 2,
    );
    await until(
      async () =>
        (await host.nft("get", "element", "inet", "f2b-table", "addr-set-sshd", `{ ${address} }`))
          .exitCode === 0,
    );
  }

  async function order(
    about: Partial<Extract<Order, { type: "command" }>> & { prefix: string },
  ): Promise<Report[]> {
    const commandId = randomUUID();
    await app.order({ type: "command", verb: "unban", jails: [], ...about, commandId });
    return await outcome(commandId);
  }

  async function outcome(commandId: string): Promise<Report[]> {
    const told = () => app.reports.filter((report) => report.commandId === commandId);
    await app.until(() => told().some(({ state }) => state === "verified" || state === "failed"));
    return told();
  }

  async function rule(
    prefix: string,
    more: { effect?: "deny" | "allow"; untilMs?: number } = {},
  ): Promise<Report[]> {
    const commandId = randomUUID();
    generation += 1;
    const one = {
      ruleId: randomUUID(),
      effect: "deny" as const,
      prefix,
      untilMs: null,
      removed: false,
      commandId,
    };
    await app.order({ type: "rules", base: generation - 1, generation, rules: [{ ...one, ...more }] });
    return await outcome(commandId);
  }

  async function denies(address: string): Promise<boolean> {
    const set = address.includes(":") ? "deny6" : "deny4";
    return (await host.nft("get", "element", "inet", "banwatch", set, `{ ${address} }`)).exitCode === 0;
  }

  it("reports attempts and bans as they are written, and what is blocked", async () => {
    await banned("203.0.113.1");
    expect(app.events.filter(({ kind }) => kind === "attempt").length).toBeGreaterThanOrEqual(2);
    await app.until(() =>
      app.observed.some(({ enforcers }) =>
        enforcers.some(
          ({ jail, bans }) => jail === "sshd" && bans.some(({ prefix }) => prefix === "203.0.113.1"),
        ),
      ),
    );
    await app.until(() => app.statuses.at(-1)?.sources[0]?.events === app.events.length);
    expect(app.statuses.at(-1)).toMatchObject({
      fail2ban: { state: "running" },
      firewall: { state: "ready", driver: "nftables" },
      guarded: { own: expect.arrayContaining([host.inside]), gateways: [host.outside] },
    });
    expect(app.violations).toEqual([]);
  });

  it("lifts a ban and proves it, step by step", async () => {
    await banned("203.0.113.2");
    const reports = await order({ prefix: "203.0.113.2" });
    expect(reports.map(({ state }) => state)).toEqual(["delivered", "applied", "verified"]);
    expect(reports.at(-1)!.evidence!.join("\n")).toContain(
      "nft inet f2b-table addr-set-sshd: 203.0.113.2 is not in it",
    );
    const banning = await host.client("banned", "203.0.113.2");
    expect(banning.stdout.trim()).toBe("[[]]");
  });

  it("puts a ban back into the jails that it was in", async () => {
    const reports = await order({ verb: "reban", prefix: "203.0.113.3", jails: ["sshd"] });
    expect(reports.at(-1)!.state).toBe("verified");
    expect((await host.client("banned", "203.0.113.3")).stdout.trim()).toBe("[['sshd']]");
  });

  it("does nothing that the app didn't sign, that has expired, or that it was told before", async () => {
    await banned("203.0.113.4");
    const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    const unban = (): Order => ({
      type: "command",
      commandId: randomUUID(),
      verb: "unban",
      prefix: "203.0.113.4",
      jails: [],
    });
    await app.order(unban(), { key: privateKey });
    await app.order(unban(), { ttlMs: -5_000 });
    const before = app.reports.length;
    const first = await order({ verb: "reban", prefix: "203.0.113.40", jails: ["sshd"] });
    expect(first.at(-1)!.state).toBe("verified");
    app.send(app.orders.at(-1)!);
    await order({ prefix: "203.0.113.40" });
    expect(app.reports.length - before).toBe(6);
    expect((await host.client("banned", "203.0.113.4")).stdout).toContain("sshd");
    expect(agent.output).toContain("carried out before");
  });

  it("bans for good in a table of its own, which outlives fail2ban's unban and restart", async () => {
    const reports = await rule("203.0.113.5");
    expect(reports.map(({ state }) => state)).toEqual(["delivered", "applied", "verified"]);
    expect(reports.at(-1)!.evidence).toEqual(["nft inet banwatch deny4: 203.0.113.5 is in it"]);
    await host.client("unban", "203.0.113.5");
    await host.restartFail2ban();
    expect(await denies("203.0.113.5")).toBe(true);
  });

  it("puts its rules back when the firewall was flushed, and says so", async () => {
    const [{ commandId }] = (await rule("2001:db8::5")) as [Report];
    await host.nft("flush", "ruleset");
    await app.until(() =>
      app.reports.some((report) => report.commandId === commandId && report.state === "drifted"),
    );
    await app.until(() => {
      const told = app.reports.filter((report) => report.commandId === commandId);
      return told.at(-1)?.state === "verified" && told.some(({ state }) => state === "drifted");
    });
    expect(await denies("2001:db8::5")).toBe(true);
    expect(await denies("203.0.113.5")).toBe(true);
  });

  it("puts its rules back after it was killed and the table deleted, before the app is there", async () => {
    await agent.stop("SIGKILL");
    await app.stop();
    await host.nft("delete", "table", "inet", "banwatch");
    agent.start();
    await until(() => denies("203.0.113.5"));
    await app.listen();
    await app.until(() => app.connected);
  });

  it("carries out what was ordered while it was away", async () => {
    await banned("203.0.113.6");
    await agent.stop();
    const commandId = randomUUID();
    await app.order({ type: "command", commandId, verb: "unban", prefix: "203.0.113.6", jails: ["sshd"] });
    agent.start();
    expect((await outcome(commandId)).at(-1)!.state).toBe("verified");
  });

  it("refuses to lock anybody out, and says why", async () => {
    const refused = async (prefix: string) => {
      const reports = await rule(prefix);
      expect(reports.map(({ state }) => state)).toEqual(["delivered", "failed"]);
      return reports.at(-1)!.detail!;
    };
    expect(await refused("127.0.0.1")).toContain("a loopback address");
    expect(await refused("10.0.0.0/8")).toContain("a private address");
    expect(await refused("0.0.0.0/0")).toContain("not blocked");
    expect(await denies("127.0.0.1")).toBe(false);
  });

  it("does not put a ban back that would lock somebody out, or that an allow rule forbids", async () => {
    for (const [prefix, why] of [
      [host.outside, "private address"],
      ["203.0.113.60", "never to be banned"],
    ] as const) {
      if (why.startsWith("never")) await rule(prefix, { effect: "allow" });
      const reports = await order({ verb: "reban", prefix, jails: ["sshd"] });
      expect(reports.map(({ state }) => state)).toEqual(["delivered", "failed"]);
      expect(reports.at(-1)!.detail).toContain(why);
    }
  });

  it("ends a rule when its time is over", async () => {
    await rule("203.0.113.50", { untilMs: Date.now() + 3_000 });
    expect(await denies("203.0.113.50")).toBe(true);
    await until(async () => !(await denies("203.0.113.50")));
  });

  it("says what the host says when fail2ban is down", async () => {
    await host.stopFail2ban();
    const reports = await order({ prefix: "203.0.113.1" });
    expect(reports.map(({ state }) => state)).toEqual(["delivered", "failed"]);
    expect(reports.at(-1)!.detail).toMatch(/fail2ban/i);
    await app.until(() => app.statuses.at(-1)?.fail2ban.state === "stopped");
  });

  it("stops for good when it is removed", async () => {
    app.revoke();
    expect(await agent.ended()).toBe(1);
    expect(agent.output).toContain("This host was removed from Banwatch");
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it never happened: ${condition.toString()}`);
  }
}
