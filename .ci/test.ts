import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * `npm test`: every check in turn. With names (`npm test -- types unit`) only those. A check that fails doesn't stop
 * the others; the last line counts all single tests, and each check that is not made of tests as one.
 */
const PROJECT = resolve(import.meta.dirname, "..");
const RESULTS = join(PROJECT, "build/test-results");

let treeBefore = "";

type Count = { passed: number; failed: number; skipped: number };
type Check = { name: string; run: () => Count };

const checks: Check[] = [
  { name: "format", run: () => command("oxfmt", ["--check"]) },
  { name: "lint", run: () => command("npm", ["run", "--silent", "lint"]) },
  { name: "types", run: () => command("tsc", ["--noEmit"]) },
  { name: "dead-code", run: () => command("knip", ["--no-progress"]) },
  { name: "migrations", run: () => command("drizzle-kit", ["check"]) },
  { name: "unit", run: () => vitest("unit") },
  { name: "integration", run: () => vitest("integration") },
  { name: "end-to-end", run: playwright },
  { name: "benchmarks", run: benchmarks },
  { name: "clean-tree", run: cleanTree },
];

main(process.argv.slice(2));

function main(wanted: string[]): void {
  const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such check: ${unknown.join(", ")}. There are: ${checks.map((check) => check.name).join(", ")}.`,
    );
    process.exit(2);
  }
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  treeBefore = treeState();
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const check of checks) {
    if (wanted.length > 0 && !wanted.includes(check.name)) continue;
    const startedAt = Date.now();
    console.log(`\n── ${check.name}`);
    const count = check.run();
    // What is skipped on a developer's machine is a failure where everything must be there.
    if (process.env.CI !== undefined) count.failed += count.skipped;
    total.passed += count.passed;
    total.failed += count.failed;
    if (count.failed > 0) failures.push(check.name);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `── ${check.name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped in ${seconds} s`,
    );
  }
  if (failures.length > 0) console.log(`\nFailed: ${failures.join(", ")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

/** Runs a program of node_modules/.bin (the project's own Node is first on the path). */
function run(program: string, args: string[], env: Record<string, string> = {}): boolean {
  const { status, error } = spawnSync(program, args, {
    cwd: PROJECT,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}

function command(program: string, args: string[]): Count {
  return one(run(program, args));
}

function one(passed: boolean): Count {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

function vitest(project: string): Count {
  const file = join(RESULTS, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const ok = run("vitest", ["run", "--project", project, ...reporters]);
  const result = readJson(file) as null | {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  };
  if (result === null || result.numPassedTests + result.numFailedTests === 0) return one(false);
  const failed = ok ? 0 : Math.max(result.numFailedTests, 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

function playwright(): Count {
  const file = join(RESULTS, "end-to-end.json");
  const ok = run("playwright", ["test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const result = readJson(file) as null | {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  if (result === null || result.stats.expected + result.stats.unexpected === 0) return one(false);
  const { expected, unexpected, flaky, skipped } = result.stats;
  return { passed: expected + flaky, failed: ok ? 0 : Math.max(unexpected, 1), skipped };
}

/** They report and never judge; only one that breaks fails. */
function benchmarks(): Count {
  return command(process.execPath, [join(PROJECT, "bench/main.ts"), "all", "--short"]);
}

/** The checks above must leave the tree as they found it. */
function cleanTree(): Count {
  const after = treeState();
  const clean = after === treeBefore;
  if (!clean) console.error(`The checks changed the tree:\n${after}`);
  return one(clean);
}

function treeState(): string {
  const options = { cwd: PROJECT, encoding: "utf8", maxBuffer: 1024 ** 3 } as const;
  const status = spawnSync("git", ["status", "--porcelain"], options);
  const diff = spawnSync("git", ["diff"], options);
  return status.stdout + diff.stdout;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
