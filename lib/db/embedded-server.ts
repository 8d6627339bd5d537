import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { Problem } from "../error/problem.ts";
import { type Account, ensureAccount } from "./account.ts";
import { findPrograms, type Programs, programSucceeds, runProgram } from "./postgres-programs.ts";

/** A running PostgreSQL of our own. */
export type EmbeddedServer = {
  url: string;
  /** It ran before: whoever started it may need it. */
  adopted: boolean;
  isRunning: () => boolean;
  stop: () => Promise<void>;
};

const MAJOR_VERSION = "18";
const USER = "banwatch";
const DATABASE = "banwatch";
/** Only part of the socket's file name: the server does not listen on any network. */
const PORT = 5432;
/** How long recovery after a crash may take, and so how long a server that doesn't answer is waited for. */
const RECOVERY_SECONDS = 120;
const ASK_EVERY_MS = 100;
/** What fits into a Unix socket's address, see unix(7). */
const SOCKET_PATH_MAX = 107;

type Place = { directory: string; socketDirectory: string; programs: Programs; account: Account | null };

/**
 * Starts PostgreSQL with its data under `dataDir`, or adopts the one that a killed Banwatch left running there.
 * It listens on a Unix socket only, and never runs as root: started as root, it runs under the account that the data
 * belongs to, at first one of its own. Throws a `Problem` when the directory can't be used or the server doesn't start.
 */
export async function startEmbeddedServer(dataDir: string): Promise<EmbeddedServer> {
  const directory = join(dataDir, "postgres");
  const socketDirectory = join(dataDir, "run");
  refuseLongPath(socketDirectory);
  const account = await accountFor(directory);
  const place = { directory, socketDirectory, programs: await findPrograms(dataDir, account), account };
  makeFolder(socketDirectory, account);
  if (!existsSync(join(directory, "PG_VERSION"))) await initialise(place);
  refuseOtherMajorVersion(directory);
  const adopted = await isThere(place);
  if (!adopted) await start(place);
  try {
    await ensureDatabase(socketDirectory);
  } catch (error) {
    if (!adopted) await stop(place);
    throw error;
  }
  return {
    url: `postgresql://${USER}@/${DATABASE}?host=${encodeURIComponent(socketDirectory)}&port=${PORT}`,
    adopted,
    isRunning: () => isProcessAlive(directory),
    stop: () => stop(place),
  };
}

function refuseLongPath(socketDirectory: string): void {
  if (Buffer.byteLength(join(socketDirectory, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_MAX) return;
  throw new Problem(
    `The data directory's path is too long for the database's socket (${socketDirectory}). ` +
      "Set BANWATCH_DATA_DIR to a shorter one.",
  );
}

/**
 * Null: the account that we are. The data that is there decides: as root, the server runs under its owner; under
 * another account it can't be used at all.
 */
async function accountFor(directory: string): Promise<Account | null> {
  const isRoot = process.getuid?.() === 0;
  if (!existsSync(directory)) return isRoot ? ensureAccount("banwatch") : null;
  const { uid, gid } = statSync(directory);
  if (isRoot) return { uid, gid };
  if (uid === process.getuid?.()) return null;
  throw new Problem(
    `The database in ${directory} belongs to another account (number ${uid}). ` +
      "Start Banwatch as that account or as root, or set BANWATCH_DATA_DIR to another folder.",
  );
}

function makeFolder(path: string, account: Account | null): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (account !== null) chownSync(path, account.uid, account.gid);
}

/** Under another name first: a start that is killed in the middle leaves nothing that looks finished. */
async function initialise({ directory, programs, account }: Place): Promise<void> {
  const unfinished = `${directory}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  makeFolder(unfinished, account);
  const options = ["--auth=trust", `--username=${USER}`, "--encoding=UTF8", "--locale=C", "--data-checksums"];
  await runProgram(programs.initdb, [`--pgdata=${unfinished}`, ...options], account);
  if (existsSync(directory)) rmdirSync(directory);
  renameSync(unfinished, directory);
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
async function isThere(place: Place): Promise<boolean> {
  const deadlineMs = Date.now() + RECOVERY_SECONDS * 1000;
  while (await isRunning(place)) {
    if (await answers(place.socketDirectory)) return true;
    if (Date.now() > deadlineMs) {
      throw new Problem(
        `A database server runs in ${place.directory} and does not answer. Its log, ${logOf(place)}, says what it does: ` +
          "wait until it is done and start again.",
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

function isRunning({ directory, programs, account }: Place): Promise<boolean> {
  return programSucceeds(programs.pgCtl, ["status", "-D", directory], account);
}

/** Cheap enough to ask every few seconds: whether the process that the server's own file names is there. */
function isProcessAlive(directory: string): boolean {
  try {
    const [pid] = readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function start(place: Place): Promise<void> {
  const { directory, socketDirectory, programs, account } = place;
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${socketDirectory}`,
    "unix_socket_permissions=0700",
    `port=${PORT}`,
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    // A query over all events takes a lock for each week's partition.
    "max_locks_per_transaction=256",
    "timezone=UTC",
    "log_timezone=UTC",
  ];
  const options = settings.flatMap((setting) => ["-c", quote(setting)]).join(" ");
  const wait = ["-w", "-t", String(RECOVERY_SECONDS)];
  const args = ["start", "-D", directory, "-l", logOf(place), ...wait, "-o", options];
  await runProgram(programs.pgCtl, args, account).catch((cause: unknown) => {
    throw new Problem(`The database did not start; its log is ${logOf(place)}.`, { cause });
  });
}

function stop({ directory, programs, account }: Place): Promise<void> {
  return runProgram(programs.pgCtl, ["stop", "-D", directory, "-m", "fast", "-w"], account);
}

function logOf({ directory }: Place): string {
  return join(directory, "server.log");
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
  const where = { host: socketDirectory, port: PORT, connectionTimeoutMillis: RECOVERY_SECONDS * 1000 };
  return new pg.Client({ user: USER, database: "postgres", ...where });
}
