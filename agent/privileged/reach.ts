import { accessSync, constants, statSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";
import type { AgentOptions } from "../agent-options.ts";

const READ = 4;
const ENTER = 1;

/**
 * What no account without rights would reach on this host, even with the group of the log: the log itself, or the way
 * to it and to the state directory. It is asked before there is an account; null when there is nothing.
 */
export function outOfReachOfAll(options: Pick<AgentOptions, "logs" | "state">): string | null {
  const group = logGroup(options.logs[0]);
  const allows = (path: string, right: number): boolean => {
    const about = stat(path);
    if (about === null || (about.mode & right) !== 0) return true;
    return group !== null && about.gid === group && (about.mode & (right << 3)) !== 0;
  };
  for (const log of options.logs) {
    if (stat(log) === null) return notThere(log);
    for (const path of [log, dirname(log)]) if (!allows(path, READ)) return outOfReach(path);
  }
  for (const path of [...options.logs, options.state].flatMap(waysTo)) {
    if (!allows(path, ENTER)) return outOfReach(path);
  }
  return null;
}

/** The same, asked by the account itself. The state is not its own yet: only the way to it counts. */
export function outOfOwnReach(options: Pick<AgentOptions, "logs" | "state">): string | null {
  const needed: [string, number][] = [[options.state, constants.F_OK]];
  for (const log of options.logs)
    needed.push([dirname(log), constants.R_OK | constants.X_OK], [log, constants.R_OK]);
  for (const [path, mode] of needed) {
    try {
      accessSync(path, mode);
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      return isMissing ? notThere(path) : outOfReach(path);
    }
  }
  return null;
}

/** The group that may read the log: Debian's logs are for the group adm. Root's own group is given to nobody. */
export function logGroup(path: string | undefined): number | null {
  const gid = path === undefined ? 0 : (stat(path)?.gid ?? 0);
  return gid === 0 ? null : gid;
}

function waysTo(path: string): string[] {
  const above = dirname(resolve(path));
  return above === "/" ? [above] : [above, ...waysTo(above)];
}

function outOfReach(path: string): string {
  return `${path} is not within its reach`;
}

/** Who may read a log that isn't there yet, nobody knows: fail2ban makes it for root alone where it isn't told better. */
function notThere(path: string): string {
  return `${path} is not there yet`;
}

function stat(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
