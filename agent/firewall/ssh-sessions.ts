import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { parseAddress } from "../../lib/event/address.ts";
import { littleEndianIpv4, wordsToIpv6 } from "./proc-net.ts";

const ESTABLISHED = "01";
const LISTEN = "0A";
const SSH_PORT = 22;
/** The daemons of OpenSSH: the one that listens, and from 9.8 on the one that serves a session. */
const SSH_PROGRAMS = new Set(["sshd", "sshd-session"]);

type TcpSocket = { localPort: number; remote: string | null; state: string; inode: string };

/** Addresses from which somebody has a session of ssh open on this host, whatever port its sshd listens on. */
export function findSessions(): string[] {
  const sockets = [...socketsIn(read("/proc/net/tcp")), ...socketsIn(read("/proc/net/tcp6"))];
  return sessionsAmong(sockets, portsOf(sockets, inodesOfSsh()));
}

/** /proc/net/tcp and tcp6. */
export function socketsIn(table: string): TcpSocket[] {
  const found: TcpSocket[] = [];
  for (const line of table.split("\n").slice(1)) {
    const [, local = "", remote = "", state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
    const localPort = Number.parseInt(local.split(":")[1] ?? "", 16);
    const hex = remote.split(":")[0] ?? "";
    if (Number.isNaN(localPort)) continue;
    const text = hex.length === 8 ? littleEndianIpv4(hex) : hex.length === 32 ? wordsToIpv6(hex) : "";
    found.push({ localPort, remote: parseAddress(text), state, inode });
  }
  return found;
}

/** Whoever is connected to one of the ports. */
export function sessionsAmong(sockets: readonly TcpSocket[], ports: ReadonlySet<number>): string[] {
  const remotes = sockets
    .filter(({ state, localPort }) => state === ESTABLISHED && ports.has(localPort))
    .map(({ remote }) => remote)
    .filter((remote) => remote !== null);
  return [...new Set(remotes)];
}

/** The ports at which the sockets with these inodes listen. The usual one counts always: it may be what a socket unit holds. */
export function portsOf(sockets: readonly TcpSocket[], inodes: ReadonlySet<string>): Set<number> {
  const listening = sockets.filter(({ state, inode }) => state === LISTEN && inodes.has(inode));
  return new Set([SSH_PORT, ...listening.map(({ localPort }) => localPort)]);
}

/** The sockets that processes of OpenSSH hold. Without root's rights there are none to be seen. */
function inodesOfSsh(): Set<string> {
  const inodes = new Set<string>();
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    if (!SSH_PROGRAMS.has(read(`/proc/${pid}/comm`).trim())) continue;
    for (const fd of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(target(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  }
  return inodes;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
