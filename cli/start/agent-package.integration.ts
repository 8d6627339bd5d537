import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { buildAgentPackage } from "./agent-package.ts";

test("the same sources make the same package, whoever builds it and when", async () => {
  const project = mkdtempSync(join(tmpdir(), "banwatch-package-"));
  symlinkSync(resolve("cli"), join(project, "cli"));
  const build = async (): Promise<Buffer> => {
    await buildAgentPackage(project);
    return readFileSync(join(project, "build/banwatch.tgz"));
  };
  const first = await build();
  const umask = process.umask(0o077);
  const second = await build().finally(() => process.umask(umask));
  expect(second.equals(first)).toBe(true);
  const list = execFileSync("tar", ["--utc", "-tvf", join(project, "build/banwatch.tgz")], {
    encoding: "utf8",
  });
  const entry = "-rw-r--r-- 0/0 +\\d+ 1970-01-01 00:00 package/";
  expect(list).toMatch(new RegExp(`^${entry}banwatch.mjs\n${entry}package.json\n$`));
  rmSync(project, { recursive: true });
});
