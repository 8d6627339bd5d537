import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** `npm run bench -- NAME [--short]`: each prints a table and, as its last line, one JSON object of its figures. */
const BENCHMARKS = ["import", "live", "action"];

const [name, ...options] = process.argv.slice(2);
const wanted = name === "all" ? BENCHMARKS : BENCHMARKS.filter((each) => each === name);
if (wanted.length === 0 || options.some((option) => option !== "--short")) {
  console.error(`Usage: npm run bench -- ${[...BENCHMARKS, "all"].join("|")} [--short]`);
  process.exit(2);
}
for (const each of wanted) {
  if (wanted.length > 1) console.log(`\n${each}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${each}.ts`), ...options], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
