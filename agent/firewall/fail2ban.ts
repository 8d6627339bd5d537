import { existsSync } from "node:fs";
import { parsePrefix, type Prefix } from "../../lib/event/address.ts";
import type { Status } from "../../lib/wire/wire.ts";
import { createHostClock } from "../parse/host-clock.ts";
import { askFail2ban, Fail2banRefusal } from "./fail2ban-socket.ts";
import { type Pickled, textOf } from "./pickle.ts";
import { hostWords, ProgramError, type RunProgram, runProgram } from "./run-program.ts";

export const FAIL2BAN_SOCKET = "/var/run/fail2ban/fail2ban.sock";

export type Fail2banBan = { prefix: string; sinceMs: number | null; untilMs: number | null };
export type JailBans = { jail: string; bans: Fail2banBan[] };

/** The fail2ban of this host. It is asked over its socket; changes go through `fail2ban-client`. */
export class Fail2ban {
  readonly #socket: string;
  readonly #timeZone: string;
  readonly #run: RunProgram;

  constructor(about: { socket: string; timeZone: string; run?: RunProgram }) {
    this.#run = about.run ?? runProgram;
    this.#socket = about.socket;
    this.#timeZone = about.timeZone;
  }

  async status(): Promise<Status["fail2ban"]> {
    try {
      const version = textOf(await this.#ask(["version"])).slice(0, 32);
      const jails = await Promise.all(
        (await this.jails()).slice(0, 200).map(async (name) => {
          const actions = fieldsOf(fieldsOf(await this.#ask(["status", name])).get("Actions") ?? null);
          return {
            name: name.slice(0, 128),
            currentlyBanned: numberOf(actions.get("Currently banned")),
            totalBanned: numberOf(actions.get("Total banned")),
          };
        }),
      );
      return { state: "running", version, jails };
    } catch (error) {
      if (!(await this.#isInstalled())) return { state: "absent" };
      return { state: "stopped", reason: reasonOf(error).slice(0, 512) };
    }
  }

  /** The names of its jails, as far as they can be named to it again. */
  async jails(): Promise<string[]> {
    const list = fieldsOf(await this.#ask(["status"])).get("Jail list");
    return typeof list === "string"
      ? list
          .split(",")
          .map((name) => name.trim())
          .filter(isJailName)
      : [];
  }

  /** All that is banned now, by jail. Throws when fail2ban doesn't answer. */
  async bans(): Promise<JailBans[]> {
    return await Promise.all(
      (await this.jails()).map(async (jail) => ({ jail, bans: await this.#bansOf(jail) })),
    );
  }

  /** The jails that ban it now. Throws when fail2ban doesn't answer. */
  async jailsBanning(prefix: Prefix): Promise<string[]> {
    try {
      const answer = await this.#ask(["banned", prefix.text]);
      const jails = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer;
      return Array.isArray(jails) ? jails.map(textOf) : [];
    } catch (error) {
      if (!(error instanceof Fail2banRefusal)) throw error;
    }
    // Before 1.0 it can't be asked about one address.
    const jails = await this.bans();
    return jails.filter(({ bans }) => bans.some((ban) => ban.prefix === prefix.text)).map(({ jail }) => jail);
  }

  /** Lifts the ban in every jail. Throws the host's own words. */
  async unban(prefix: Prefix): Promise<void> {
    // One process for all jails: starting Python is most of the time that this takes.
    const result = await this.#client(["unban", prefix.text]);
    if (result.exitCode === 0) return;
    if (!/Invalid command/i.test(result.stderr + result.stdout)) {
      throw new Error(`fail2ban-client failed: ${hostWords(result)}`);
    }
    // 0.9 knows only this form.
    for (const jail of (await this.jailsBanning(prefix)).filter(isJailName)) {
      await this.#set([jail, "unbanip", prefix.text]);
    }
  }

  /** Bans in one jail. fail2ban does it in its own time: within a second or so. */
  async ban(jail: string, prefix: Prefix): Promise<void> {
    await this.#set([jail, "banip", prefix.text]);
  }

  async #set(args: string[]): Promise<void> {
    const result = await this.#client(["set", ...args]);
    if (result.exitCode !== 0) throw new Error(`fail2ban-client failed: ${hostWords(result)}`);
  }

  async #bansOf(jail: string): Promise<Fail2banBan[]> {
    try {
      const answer = await this.#ask(["get", jail, "banip", "--with-time"]);
      const clock = createHostClock(this.#timeZone);
      return linesOf(answer)
        .map((line) => readBan(line, clock))
        .filter((ban) => ban !== null);
    } catch (error) {
      if (!(error instanceof Fail2banRefusal)) throw error;
    }
    // Before 0.11.1 it says whom it bans, but not since when.
    const actions = fieldsOf(fieldsOf(await this.#ask(["status", jail])).get("Actions") ?? null);
    return linesOf(actions.get("Banned IP list") ?? actions.get("IP list") ?? null)
      .flatMap((line) => line.split(/\s+/))
      .map((text) => parsePrefix(text))
      .filter((prefix) => prefix !== null)
      .map(({ text }) => ({ prefix: text, sinceMs: null, untilMs: null }));
  }

  async #ask(command: string[]): Promise<Pickled> {
    return await askFail2ban(this.#socket, command);
  }

  async #client(args: string[]) {
    const socket = this.#socket === FAIL2BAN_SOCKET ? [] : ["-s", this.#socket];
    return await this.#run("fail2ban-client", [...socket, ...args], { timeoutMs: 60_000 });
  }

  async #isInstalled(): Promise<boolean> {
    if (existsSync(this.#socket) || existsSync("/etc/fail2ban")) return true;
    try {
      await this.#run("fail2ban-client", ["--version"]);
      return true;
    } catch (error) {
      if (error instanceof ProgramError && error.missing) return false;
      throw error;
    }
  }
}

/** `192.0.2.7 \t2026-11-20 10:00:00 + 600 = 2026-11-20 10:10:00`; without end it is `+ -1 = 9999-12-31 23:59:59`. */
function readBan(line: string, clock: { toUtc(wallMs: number): number }): Fail2banBan | null {
  const [subject = "", times = ""] = line.split("\t");
  const prefix = parsePrefix(subject.trim());
  if (prefix === null) return null;
  const match = /^(\S+) (\S+) \+ (-?\d+) = /.exec(times);
  if (match === null) return { prefix: prefix.text, sinceMs: null, untilMs: null };
  const wallMs = Date.parse(`${match[1]}T${match[2]}Z`);
  const sinceMs = Number.isNaN(wallMs) ? null : clock.toUtc(wallMs);
  const seconds = Number(match[3]);
  return {
    prefix: prefix.text,
    sinceMs,
    untilMs: sinceMs === null || seconds < 0 ? null : sinceMs + seconds * 1000,
  };
}

/** Whether a name can be given to fail2ban's programs as the name of a jail, and nothing else. */
export function isJailName(name: string): boolean {
  return name !== "" && !name.startsWith("-") && !/\p{Cc}/u.test(name);
}

function linesOf(answer: Pickled): string[] {
  return Array.isArray(answer) ? answer.map(textOf) : textOf(answer).split("\n");
}

/** fail2ban's lists of (name, value). */
function fieldsOf(value: Pickled): Map<string, Pickled> {
  const fields = new Map<string, Pickled>();
  if (!Array.isArray(value)) return fields;
  for (const pair of value) {
    if (Array.isArray(pair) && pair.length === 2) fields.set(textOf(pair[0] ?? null), pair[1] ?? null);
  }
  return fields;
}

function numberOf(value: Pickled | undefined): number {
  return typeof value === "number" && value >= 0 ? Math.floor(value) : 0;
}

/** Why fail2ban couldn't be asked, for a person. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ECONNREFUSED") return "fail2ban is not running";
  if (code === "EACCES") return "not allowed to talk to fail2ban: the agent must run as root for that";
  return error instanceof Error ? error.message : String(error);
}
