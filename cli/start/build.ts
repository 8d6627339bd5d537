import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Problem } from "../../lib/error/problem.ts";
import { buildAgentPackage } from "./agent-package.ts";

/** What the built app is made of. */
const SOURCES = [
  "agent",
  "app",
  "cli",
  "components",
  "lib",
  "public",
  "next.config.ts",
  "package-lock.json",
  "package.json",
  "postcss.config.mjs",
  "tsconfig.json",
];

/** Builds the app and the agent's package, unless that has been done from just these sources. */
export async function buildIfChanged(project: string, stop: AbortSignal): Promise<void> {
  const stampFile = join(project, "build/built-from");
  const wanted = fingerprint(project);
  const built = existsSync(join(project, ".next/BUILD_ID")) && existsSync(stampFile);
  if (built && readFileSync(stampFile, "utf8") === wanted) return;
  console.log("Building the app (when its source has changed, about a minute) …");
  mkdirSync(join(project, "build"), { recursive: true });
  rmSync(stampFile, { force: true });
  await buildApp(project, stop);
  await buildAgentPackage(project);
  writeFileSync(stampFile, wanted);
}

function buildApp(project: string, stop: AbortSignal): Promise<void> {
  const log = join(project, "build/build.log");
  writeFileSync(log, "");
  return new Promise((resolve, reject) => {
    const next = join(project, "node_modules/next/dist/bin/next");
    const environment = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
    execFile(
      process.execPath,
      [next, "build"],
      { cwd: project, env: environment, signal: stop },
      (error, stdout, stderr) => {
        appendFileSync(log, stdout + stderr);
        if (error === null) resolve();
        else
          reject(
            new Problem(`The app could not be built; ${log} says why.`, { cause: `${stdout}${stderr}` }),
          );
      },
    );
  });
}

/** A hash over the names and contents of all sources. */
function fingerprint(project: string): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) addTo(hash, join(project, source));
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  if (!existsSync(path)) return;
  const entries = tryReadDirectory(path);
  hash.update(`${path}\0`);
  if (entries === null) hash.update(readFileSync(path));
  else for (const entry of entries.toSorted()) addTo(hash, join(path, entry));
}

function tryReadDirectory(path: string): string[] | null {
  try {
    return readdirSync(path);
  } catch {
    return null;
  }
}
