import { parsePrefix, type Prefix } from "../../lib/event/address.ts";
import type { Enforcer, Fail2banLook, RuleLook, RuleTexts } from "./enforcer.ts";
import { type Fail2ban, isJailName, type JailBans, reasonOf } from "./fail2ban.ts";
import { findInPlaces, findPlaces, type Place } from "./fail2ban-firewall.ts";
import { lockoutsIn } from "./lockout.ts";
import type { RuleDriver } from "./rule-driver.ts";
import { type RunProgram, runProgram } from "./run-program.ts";
import { findSessions } from "./ssh-sessions.ts";

/** How long fail2ban may take to carry out a ban that it was told of: it does so in its own loop. */
const BAN_PATIENCE_MS = 15_000;

/** Carries the verbs out on this host. It trusts no caller: every address and jail is looked at again. */
export class HostEnforcer implements Enforcer {
  readonly #driver: RuleDriver;
  readonly #fail2ban: Fail2ban;
  readonly #run: RunProgram;
  #places: { prefix: string; places: Promise<Place[]> } | null = null;

  constructor(about: { driver: RuleDriver; fail2ban: Fail2ban; run?: RunProgram }) {
    this.#run = about.run ?? runProgram;
    this.#driver = about.driver;
    this.#fail2ban = about.fail2ban;
  }

  async probe() {
    const [firewall, fail2ban] = await Promise.all([this.#driver.probe(), this.#fail2ban.status()]);
    return { firewall, fail2ban };
  }

  async list() {
    const [fail2ban, own] = await Promise.all([this.#listFail2ban(), this.listRules()]);
    return { fail2ban, ...own };
  }

  async listRules() {
    const firewall = await this.#driver.probe();
    if (firewall.state !== "ready") return { rules: { deny: [], allow: [] }, problem: firewall.reason };
    const { rules, problem } = await this.#driver.read();
    return { rules: textsOf(rules), problem };
  }

  async sessions(): Promise<string[]> {
    return findSessions();
  }

  async unban(prefix: string): Promise<void> {
    const parsed = parse(prefix);
    // Where to look afterwards is found out meanwhile: what is read as proof is read after.
    const places = findPlaces(parsed.family, this.#run);
    places.catch(() => undefined);
    await this.#fail2ban.unban(parsed);
    this.#places = { prefix, places };
  }

  async ban(prefix: string, jails: string[]): Promise<void> {
    const parsed = parse(prefix);
    refuseLockout([parsed]);
    if (jails.length === 0) throw new Error("no jail was named to put it back into");
    // fail2ban takes what isn't a jail for one of its settings.
    const known = new Set(await this.#jails());
    for (const jail of jails) {
      if (!isJailName(jail)) throw new Error(`not the name of a jail: ${JSON.stringify(jail)}`);
      if (!known.has(jail)) throw new Error(`fail2ban has no jail ${jail}`);
    }
    for (const jail of jails) {
      await this.#fail2ban.ban(jail, parsed);
    }
    const deadline = performance.now() + BAN_PATIENCE_MS;
    for (;;) {
      const banning = new Set(await this.#fail2ban.jailsBanning(parsed));
      const missing = jails.filter((jail) => !banning.has(jail));
      if (missing.length === 0) return;
      if (performance.now() > deadline) throw new Error(`fail2ban did not ban it in ${missing.join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async allow(rules: RuleTexts): Promise<void> {
    const wanted = { deny: rules.deny.map(parse), allow: rules.allow.map(parse) };
    refuseLockout(wanted.deny);
    await this.#driver.apply(wanted);
  }

  async lookInFail2ban(text: string): Promise<Fail2banLook> {
    const prefix = parse(text);
    const known = this.#places?.prefix === text ? this.#places.places : null;
    this.#places = null;
    const find = async () =>
      await findInPlaces(await (known ?? findPlaces(prefix.family, this.#run)), prefix, this.#run);
    const [fail2ban, findings] = await Promise.all([this.#askFail2ban(prefix), find()]);
    const evidence = findings.map(
      ({ place, present }) => `${place}: ${text} is ${present ? "" : "not "}in it`,
    );
    return {
      jails: fail2ban.jails,
      places: findings.filter(({ present }) => present).map(({ place }) => place),
      evidence: [fail2ban.said, ...evidence].slice(0, 20).map((line) => line.slice(0, 300)),
    };
  }

  async lookInRules(text: string): Promise<RuleLook> {
    return await this.#driver.check(parse(text));
  }

  async #jails(): Promise<string[]> {
    try {
      return await this.#fail2ban.jails();
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    }
  }

  async #askFail2ban(prefix: Prefix): Promise<{ jails: string[]; said: string }> {
    try {
      const jails = await this.#fail2ban.jailsBanning(prefix);
      const said =
        jails.length === 0
          ? `fail2ban: no jail bans ${prefix.text}`
          : `fail2ban: ${jails.join(", ")} bans ${prefix.text}`;
      return { jails, said };
    } catch (error) {
      return { jails: [], said: reasonOf(error) };
    }
  }

  async #listFail2ban(): Promise<JailBans[] | null> {
    try {
      return await this.#fail2ban.bans();
    } catch (error) {
      if (reasonOf(error) === "fail2ban is not running") return null;
      throw error;
    }
  }
}

/** The caller has asked more than this, and may have been talked into skipping it. */
function refuseLockout(deny: readonly Prefix[]): void {
  const [first] = lockoutsIn(deny);
  if (first !== undefined) throw new Error(first.reason);
}

function parse(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null || prefix.text !== text) throw new Error("not a canonical address or prefix");
  return prefix;
}

function textsOf(rules: { deny: readonly Prefix[]; allow: readonly Prefix[] }): RuleTexts {
  return { deny: rules.deny.map(({ text }) => text), allow: rules.allow.map(({ text }) => text) };
}
