import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { outOfReachOfAll } from "./reach.ts";

const ADM = 4;
let directory: string;
const log = () => join(directory, "log/fail2ban.log");
const reach = () => outOfReachOfAll({ logs: [log()], state: join(directory, "state") });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bwfx-"));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, "log"), { mode: 0o755 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("lets an account have its part where it reaches the log, also through the log's group", () => {
  writeFileSync(log(), "", { mode: 0o644 });
  expect(reach()).toBeNull();
  chmodSync(log(), 0o640);
  chownSync(log(), 0, ADM);
  expect(reach()).toBeNull();
});

it("says what nobody but root reaches", () => {
  expect(reach()).toBe(`${log()} is not there yet`);
  writeFileSync(log(), "", { mode: 0o640 });
  // The group is root's own.
  expect(reach()).toBe(`${log()} is not within its reach`);
  chmodSync(log(), 0o644);
  chmodSync(directory, 0o700);
  expect(reach()).toBe(`${directory} is not within its reach`);
});
