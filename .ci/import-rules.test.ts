import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const CANARY = join(import.meta.dirname, "canary");

/** A small tree with known-bad imports: if the rules rot into a false green, this fails. */
describe("the import rules", () => {
  const { stdout } = spawnSync(
    resolve(import.meta.dirname, "../node_modules/.bin/oxlint"),
    ["-c", "../../.oxlintrc.json", "--format=unix", "."],
    { cwd: CANARY, encoding: "utf8" },
  );
  const refused = stdout.split("\n").filter((line) => line.includes("boundaries(dependencies)"));

  it.each([
    "lib/event/reads-the-database.ts",
    "agent/reads-the-database.ts",
    "components/bans/takes-a-value.ts",
  ])("refuse %s", (file) => {
    expect(refused.filter((line) => line.includes(file))).toHaveLength(1);
  });

  it("let a component import a type of a query", () => {
    expect(refused.some((line) => line.includes("takes-a-type.ts"))).toBe(false);
    expect(refused).toHaveLength(3);
  });
});
