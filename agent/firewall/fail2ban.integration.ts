import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostNamespace } from "../fixture/host-namespace.ts";
import { Fail2ban } from "./fail2ban.ts";
import { HostEnforcer } from "./host-enforcer.ts";
import { NftablesDriver } from "./nftables-driver.ts";

/** Ways in which fail2ban bans, and how its firewall is made to keep an address that fail2ban has let go. */
const ACTIONS: { banAction: string; putBack: string[] }[] = [
  {
    banAction: "nftables-multiport",
    putBack: ["nft", "add", "element", "inet", "f2b-table", "addr-set-sshd", "{ 203.0.113.9 }"],
  },
  {
    banAction: "iptables-multiport",
    putBack: ["iptables", "-I", "f2b-sshd", "-s", "203.0.113.9", "-j", "REJECT"],
  },
  { banAction: "iptables-ipset-proto4", putBack: ["ipset", "add", "f2b-sshd", "203.0.113.9"] },
];

describe.each(ACTIONS)("a real fail2ban that bans with $banAction", ({ banAction, putBack }) => {
  let host: HostNamespace;
  let enforcer: HostEnforcer;

  beforeAll(async () => {
    host = await HostNamespace.create();
    await host.startFail2ban({ banAction });
    enforcer = new HostEnforcer({
      driver: new NftablesDriver(host.run),
      fail2ban: new Fail2ban({ socket: host.socket, timeZone: "UTC", run: host.run }),
      run: host.run,
    });
  });
  afterAll(() => host.destroy());

  async function attackFrom(address: string): Promise<void> {
    let looks = 0;
    await until(async () => {
      // fail2ban may not have opened the log yet: an attacker goes on.
      if (looks % 20 === 0) host.attack(address, 3);
      looks += 1;
      const look = await enforcer.lookInFail2ban(address);
      return look.jails.length === 2 && look.places.length >= 1;
    });
  }

  it("is seen to run, with its jails", async () => {
    const { fail2ban } = await enforcer.probe();
    expect(fail2ban).toMatchObject({ state: "running", version: expect.stringMatching(/^\d/) });
    const names = fail2ban.state === "running" ? fail2ban.jails.map(({ name }) => name) : [];
    expect(names.toSorted()).toEqual(["other", "sshd"]);
  });

  it("is seen to ban an address in each jail and in the firewall, from when until when", async () => {
    await attackFrom("203.0.113.7");
    const { fail2ban } = await enforcer.list();
    const bans = fail2ban!.flatMap((jail) => jail.bans.filter((ban) => ban.prefix === "203.0.113.7"));
    expect(bans).toHaveLength(2);
    for (const { sinceMs, untilMs } of bans) {
      expect(Math.abs(Date.now() - sinceMs!)).toBeLessThan(60_000);
      // fail2ban adds up to a second.
      expect(Math.abs(untilMs! - sinceMs! - 600_000)).toBeLessThan(2_000);
    }
  });

  it("lifts the address in every jail, and it is gone from fail2ban and from the firewall", async () => {
    await attackFrom("203.0.113.8");
    await enforcer.unban("203.0.113.8");
    const look = await enforcer.lookInFail2ban("203.0.113.8");
    expect(look).toMatchObject({ jails: [], places: [] });
    expect(look.evidence[0]).toBe("fail2ban: no jail bans 203.0.113.8");
    expect(look.evidence.length).toBeGreaterThan(1);
    expect(look.evidence.slice(1).join("\n")).toContain("203.0.113.8 is not in it");
  });

  it("is not believed when the firewall still has the address", async () => {
    await attackFrom("203.0.113.9");
    await enforcer.unban("203.0.113.9");
    await host.run(putBack[0]!, putBack.slice(1));
    expect((await enforcer.lookInFail2ban("203.0.113.9")).places).toHaveLength(1);
  });

  it("takes an address back into the jails that are named", async () => {
    await enforcer.ban("203.0.113.10", ["sshd"]);
    const look = await enforcer.lookInFail2ban("203.0.113.10");
    expect(look.jails).toEqual(["sshd"]);
  });

  it("says in its own words that a jail is gone", async () => {
    await expect(enforcer.ban("203.0.113.11", ["no-such-jail"])).rejects.toThrow(/no-such-jail/);
  });

  it("bans in nothing but its jails, and nobody whom the host needs", async () => {
    for (const name of ["logtarget", "dbfile", "-v", "sshd\n"]) {
      await expect(enforcer.ban("203.0.113.12", [name])).rejects.toThrow(/jail/);
    }
    await expect(enforcer.ban("127.0.0.1", ["sshd"])).rejects.toThrow("a loopback address");
    await expect(enforcer.allow({ deny: ["0.0.0.0/0"], allow: [] })).rejects.toThrow("not blocked");
    await expect(enforcer.allow({ deny: ["2600::/15"], allow: [] })).rejects.toThrow("wider than a /16");
    expect((await enforcer.lookInFail2ban("203.0.113.12")).jails).toEqual([]);
  });

  it("says in its own words that it is not running", async () => {
    await host.stopFail2ban();
    await expect(enforcer.unban("203.0.113.7")).rejects.toThrow(/fail2ban/i);
    expect(await enforcer.list()).toMatchObject({ fail2ban: null });
    const { fail2ban } = await enforcer.probe();
    expect(fail2ban).toEqual({ state: "stopped", reason: "fail2ban is not running" });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("it never happened");
  }
}
