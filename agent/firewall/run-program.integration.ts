import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";

it("finds programs in the system's directories only, whatever PATH says", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bwfx-"));
  const planted = join(directory, "uname");
  writeFileSync(planted, "#!/bin/sh\necho planted\n");
  chmodSync(planted, 0o755);
  vi.stubEnv("PATH", `${directory}:${process.env.PATH}`);
  vi.resetModules();
  try {
    const { runProgram } = await import("./run-program.ts");
    expect((await runProgram("uname", [])).stdout).toBe("Linux\n");
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  }
});
