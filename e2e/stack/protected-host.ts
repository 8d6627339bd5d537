import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Namespace } from "./namespace.ts";
import type { LongRunning } from "./programs.ts";

const FAIL2BAN_SETTINGS = `[Definition]
loglevel = INFO
logtarget = /var/log/fail2ban.log
socket = /var/run/fail2ban/fail2ban.sock
pidfile = /var/run/fail2ban/fail2ban.pid
dbfile = /var/lib/fail2ban/fail2ban.sqlite3
dbpurgeage = 1d
`;

const JAILS = `[DEFAULT]
banaction = nftables-multiport
banaction_allports = nftables-allports
usedns = no
ignoreip = 127.0.0.1/8
# Asks for the machine's own name, which no name server answers here.
ignoreself = false

[sshd]
enabled = true
backend = pyinotify
logpath = /var/log/auth.log
maxretry = 3
findtime = 600
bantime = 600
`;

/**
 * A host as users have it: a real fail2ban with its sshd jail, which bans in a real nftables, and the folders where
 * they and the agent keep things by default. Nothing of it is seen outside its namespace.
 */
export class ProtectedHost {
  readonly namespace: Namespace;
  readonly #folder: string;
  #fail2ban: LongRunning | null = null;

  private constructor(namespace: Namespace, folder: string) {
    this.namespace = namespace;
    this.#folder = folder;
  }

  static async create(folder: string): Promise<ProtectedHost> {
    cpSync("/etc/fail2ban", join(folder, "etc"), { recursive: true });
    mkdirSync(join(folder, "etc/jail.d"), { recursive: true });
    writeFileSync(join(folder, "etc/fail2ban.local"), FAIL2BAN_SETTINGS);
    writeFileSync(join(folder, "etc/jail.d/defaults-debian.conf"), "");
    writeFileSync(join(folder, "etc/jail.local"), JAILS);
    mkdirSync(join(folder, "log"), { recursive: true });
    writeFileSync(join(folder, "log/auth.log"), "");
    const namespace = await Namespace.create([
      { from: join(folder, "etc"), to: "/etc/fail2ban" },
      { from: join(folder, "run"), to: "/var/run/fail2ban" },
      { from: join(folder, "lib"), to: "/var/lib/fail2ban" },
      { from: join(folder, "log"), to: "/var/log" },
      { from: join(folder, "agent"), to: "/var/lib/banwatch-agent" },
      { from: join(folder, "opt"), to: "/opt/banwatch" },
    ]);
    return new ProtectedHost(namespace, folder);
  }

  async startFail2ban(): Promise<void> {
    this.#fail2ban = this.namespace.start("fail2ban-server", ["-f", "start"]);
    await until("fail2ban answers", async () => (await this.fail2ban("ping")).includes("pong"));
    await until("the sshd jail is up", async () => (await this.fail2ban("status")).includes("sshd"));
  }

  async stopFail2ban(): Promise<void> {
    await this.fail2ban("stop");
    await this.#fail2ban?.ended;
  }

  async restartFail2ban(): Promise<void> {
    await this.stopFail2ban();
    await this.startFail2ban();
  }

  fail2ban(...args: string[]): Promise<string> {
    return this.namespace.run("fail2ban-client", ...args);
  }

  /** What fail2ban says that its sshd jail bans. */
  async bannedByFail2ban(): Promise<string[]> {
    const status = await this.fail2ban("status", "sshd");
    return /Banned IP list:\s*(.*)/
      .exec(status)![1]!
      .split(/\s+/)
      .filter((address) => address !== "");
  }

  /** The firewall as it is: `nft list ruleset`. */
  firewall(): Promise<string> {
    return this.namespace.run("nft", "list", "ruleset");
  }

  /** Somebody fails to log in, as sshd writes it. */
  failLogins(address: string, times: number): void {
    const stamp = new Date()
      .toString()
      .slice(4, 24)
      .replace(/^(\w{3}) 0?(\d+) \d{4} /, (_, month, day) => {
        return `${month} ${String(day).padStart(2)} `;
      });
    let lines = "";
    for (let index = 0; index < times; index += 1) {
      const port = 40_000 + index;
      lines += `${stamp} victim sshd[${7000 + index}]: Failed password for root from ${address} port ${port} ssh2\n`;
    }
    appendFileSync(join(this.#folder, "log/auth.log"), lines);
  }

  get logFolder(): string {
    return join(this.#folder, "log");
  }

  async remove(): Promise<void> {
    await this.#fail2ban?.stop("SIGKILL");
    await this.namespace.remove();
  }
}

/** Waits until `holds` says so, asking again and again; rejects after `timeoutMs` with the last error. */
export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
      last = null;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`, { cause: last });
}
