import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Problem } from "../error/problem.ts";

export type Account = { uid: number; gid: number };

/** The system account of that name, made (without a home or a shell) if it isn't there. Needs root. */
export async function ensureAccount(name: string): Promise<Account> {
  const existing = findAccount(name);
  if (existing !== null) return existing;
  try {
    execFileSync("useradd", [
      "--system",
      "--user-group",
      "--no-create-home",
      "--shell",
      "/usr/sbin/nologin",
      name,
    ]);
  } catch (cause) {
    throw new Problem(`Could not make the system account ${name}, which the database runs under.`, { cause });
  }
  const made = findAccount(name);
  if (made === null) throw new Problem(`The system account ${name} was made but is not in /etc/passwd.`);
  return made;
}

function findAccount(name: string): Account | null {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [entry, , uid, gid] = line.split(":");
    if (entry === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}
