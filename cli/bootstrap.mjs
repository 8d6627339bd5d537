// Runs one of the project's TypeScript programs with all that it needs, from a fresh clone on: plain JavaScript,
// because the Node that starts it may be too old for anything else.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const project = resolve(fileURLToPath(new URL("..", import.meta.url)));
const stampFile = join(project, "node_modules/.banwatch-installed");

/** Installs what the lock file names if that has not been done yet, then runs `script` with the project's own Node. */
export function bootstrap(script, args) {
  refuseOldNode();
  ensureDependencies();
  run(script, args);
}

function refuseOldNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) return;
  fail(`Banwatch needs Node.js ${OLDEST_NODE} or later to set itself up; this is ${process.versions.node}.`);
}

function ensureDependencies() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(project, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  console.error("Installing what Banwatch needs (once, about a minute) …");
  const npm = process.env.npm_execpath;
  const [program, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const { NODE_ENV: _, npm_config_production: __, npm_config_omit: ___, ...environment } = process.env;
  // Not `npm ci`: it refuses a lock file made where the binaries for some other platform could not be had. This
  // installs just what the lock file names as well, adds what this platform needs, and leaves the file alone.
  const options = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync(program, [...first, ...options], {
    cwd: project,
    env: environment,
    stdio: ["ignore", 2, "inherit"],
  });
  if (error !== undefined) fail(`npm could not be started: ${error.message}`);
  if (status !== 0) fail("The installation failed; npm says why above. Put that right and start again.");
  writeFileSync(stampFile, wanted);
}

function run(script, args) {
  const node = join(project, "node_modules/node/bin/node");
  if (!existsSync(node))
    fail(`The project's own Node is missing (${node}); remove node_modules and start again.`);
  const path = [join(project, "node_modules/node/bin"), join(project, "node_modules/.bin"), process.env.PATH];
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(project, script), ...args], {
    env: { ...process.env, PATH: path.join(delimiter) },
    // The channel carries nothing: it tells the child, by closing, that this process is gone.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  followNpm(() => child.kill("SIGTERM"));
  child.on("error", (error) => fail(`The project's own Node could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
}

/** When npm started this and is killed without a chance to pass that on, `stop` is called: nothing is left behind. */
function followNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined || process.platform !== "linux") return;
  const npm = [process.ppid, parentOf(process.ppid)].find(
    (pid) => pid !== null && commandOf(pid).includes("npm"),
  );
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (existsSync(`/proc/${npm}`)) return;
    clearInterval(timer);
    stop();
  }, 1_000);
  timer.unref();
}

/** Field 4 of /proc/PID/stat, see proc(5). */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
