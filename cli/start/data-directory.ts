import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isReachable } from "../../lib/db/postgres-programs.ts";
import { Problem } from "../../lib/error/problem.ts";

/**
 * Where this start keeps its data. The database never runs as root, so a folder that only root can enter (a checkout
 * in /root) can't hold it: one under /var/lib/banwatch takes its place. A database that is there already stays.
 */
export function chooseDataDirectory(wanted: string, wasAskedFor: boolean): string {
  if (process.getuid?.() !== 0 || existsSync(join(wanted, "postgres")) || isReachable(wanted)) return wanted;
  if (wasAskedFor) {
    throw new Problem(
      `The data directory ${wanted} lies in a folder that only root can enter, and the database never runs as root. ` +
        "Set BANWATCH_DATA_DIR to a folder such as /var/lib/banwatch.",
    );
  }
  return join("/var/lib/banwatch", createHash("sha256").update(wanted).digest("hex").slice(0, 8));
}

/** Makes the directory if need be. Throws a `Problem` when it can't be written. */
export function prepareDataDirectory(directory: string): void {
  try {
    const made = mkdirSync(directory, { recursive: true });
    // The database's account passes through; what must be kept from others is closed below it. A folder that was
    // there before stays as it is.
    if (made !== undefined) for (const each of foldersBetween(made, directory)) chmodSync(each, 0o711);
    accessSync(directory, constants.W_OK);
    const probe = join(directory, ".write-probe");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (cause) {
    throw new Problem(
      `The data directory ${directory} can't be written (${reasonOf(cause)}). ` +
        "Give this account the right to write there, or set BANWATCH_DATA_DIR to another folder.",
      { cause },
    );
  }
}

function foldersBetween(outer: string, inner: string): string[] {
  return inner === outer ? [outer] : [inner, ...foldersBetween(outer, dirname(inner))];
}

/** Takes the directory for this process until the answer is called. Throws a `Problem` when another one has it. */
export function lockDataDirectory(directory: string): () => void {
  const file = join(directory, "banwatch.pid");
  const holder = holderOf(file);
  if (holder !== null) {
    throw new Problem(
      `Another Banwatch (process ${holder}) runs with the data directory ${directory}. Stop it first, ` +
        "or set BANWATCH_DATA_DIR to another folder.",
    );
  }
  // One that another account left can be removed, not written.
  rmSync(file, { force: true });
  writeFileSync(file, `${process.pid} ${startedAt(process.pid) ?? ""}\n`);
  return () => rmSync(file, { force: true });
}

/** The process that wrote the file, when it still runs; a number that was handed out again doesn't count. */
function holderOf(file: string): number | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  const [pidText, started] = text.trim().split(" ");
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return null;
  }
  const now = startedAt(pid);
  return now !== null && started !== undefined && now !== started ? null : pid;
}

/** Field 22 of /proc/PID/stat, see proc(5); null where there is no /proc. */
function startedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}
