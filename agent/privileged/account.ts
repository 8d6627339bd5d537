import { readFileSync } from "node:fs";
import { hostWords, ProgramError, runProgram } from "../firewall/run-program.ts";

/** The account that the unprivileged part runs as, as packages make it. */
export const DEFAULT_ACCOUNT = "banwatch-agent";

export type Account = { name: string; uid: number; gid: number };

/** An account of this host by its name; null when there is none, or when it is root. */
export function findAccount(
  name: string,
  passwd: string = readFileSync("/etc/passwd", "utf8"),
): Account | null {
  for (const line of passwd.split("\n")) {
    const [account, , uid, gid] = line.split(":");
    if (account !== name || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) continue;
    return Number(uid) === 0 ? null : { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** Makes a system account with a group of its own, without home and without login. Why it can't be made; null when it is. */
export async function createAccount(name: string): Promise<string | null> {
  const home = ["--no-create-home", "--home-dir", "/nonexistent"];
  try {
    const made = await runProgram("useradd", [
      "--system",
      "--user-group",
      ...home,
      "--shell",
      "/usr/sbin/nologin",
      name,
    ]);
    return made.exitCode === 0 ? null : `it can't be made: ${hostWords(made)}`;
  } catch (error) {
    if (error instanceof ProgramError) return `it can't be made: ${error.message}`;
    throw error;
  }
}
