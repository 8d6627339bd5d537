import { readFileSync } from "node:fs";

/** The account that the unprivileged part runs as, where it exists; `useradd --system` makes it. */
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
