import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseDataDirectory, lockDataDirectory, prepareDataDirectory } from "./data-directory.ts";

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "banwatch-data-"));
  chmodSync(made, 0o755);
  return made;
};

describe("the data directory", () => {
  it("is made when it isn't there", () => {
    const directory = join(folder(), "deep/data");
    prepareDataDirectory(directory);
    writeFileSync(join(directory, "probe"), "");
  });

  it("stays as it is when it was there before", () => {
    const directory = folder();
    chmodSync(directory, 0o1777);
    prepareDataDirectory(directory);
    expect(statSync(directory).mode & 0o7777).toBe(0o1777);
  });

  it("is refused in a sentence when it is a file", () => {
    const file = join(folder(), "data");
    writeFileSync(file, "");
    expect(() => prepareDataDirectory(file)).toThrow(/can't be written \(EEXIST\)\. Give this account/);
  });

  it.runIf(process.getuid?.() === 0)("moves out of a folder that only root can enter", () => {
    const closed = folder();
    chmodSync(closed, 0o700);
    const wanted = join(closed, "data");
    expect(chooseDataDirectory(wanted, false)).toMatch(/^\/var\/lib\/banwatch\/[0-9a-f]{8}$/);
    expect(() => chooseDataDirectory(wanted, true)).toThrow(/Set BANWATCH_DATA_DIR/);
    expect(chooseDataDirectory(join(folder(), "data"), true)).toMatch(/data$/);
  });
});

describe("the lock", () => {
  it("is free again after it was given back", () => {
    const directory = folder();
    lockDataDirectory(directory)();
    lockDataDirectory(directory)();
  });

  it("is held by a process that runs", () => {
    const directory = folder();
    writeFileSync(join(directory, "banwatch.pid"), `${process.ppid}\n`);
    expect(() => lockDataDirectory(directory)).toThrow(`Another Banwatch (process ${process.ppid}) runs`);
  });

  it("is not held by a process that is gone, nor by another one that got its number", () => {
    const directory = folder();
    writeFileSync(join(directory, "banwatch.pid"), "99999999 1\n");
    const free = lockDataDirectory(directory);
    expect(readFileSync(join(directory, "banwatch.pid"), "utf8")).toContain(String(process.pid));
    free();
    writeFileSync(join(directory, "banwatch.pid"), `${process.ppid} 1\n`);
    lockDataDirectory(directory)();
  });
});
