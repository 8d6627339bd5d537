import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { joinCommand } from "../components/first-run/join-command.ts";
import { agentPackageHash } from "../lib/agent-package/agent-package.ts";

/** The line that a person pastes as root, run by a real shell with curl, sha256sum, tar and node. */
let project: string;
let host: string;
let sent: Buffer;
const server = createServer((request, response) => {
  response.writeHead(request.url === "/agent/banwatch.tgz" ? 200 : 404).end(sent);
});

beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), "banwatch-line-"));
  host = join(project, "host");
  mkdirSync(join(project, "build"));
  sent = pack("the agent");
  writeFileSync(join(project, "build/banwatch.tgz"), sent);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterEach(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(project, { recursive: true });
});

test("runs the agent that Banwatch has, again too, and a newer one after it", async () => {
  expect(await runLine()).toMatchObject({ code: 0, said: expect.stringContaining("the agent runs: agent") });
  expect(await runLine()).toMatchObject({ code: 0 });
  sent = pack("a newer agent");
  writeFileSync(join(project, "build/banwatch.tgz"), sent);
  expect(await runLine()).toMatchObject({ code: 0, said: expect.stringContaining("a newer agent runs") });
});

test("runs nothing when something else came over the wire", async () => {
  sent = pack("somebody else's program");
  const outcome = await runLine();
  expect(outcome.code).not.toBe(0);
  expect(outcome.said).toContain("FAILED");
  expect(existsSync(join(host, "ran"))).toBe(false);
});

test("no line is made without the package", async () => {
  rmSync(join(project, "build/banwatch.tgz"));
  await expect(agentPackageHash(project)).rejects.toMatchObject({ code: "conflict" });
});

async function runLine(): Promise<{ code: number; said: string }> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const line = joinCommand(origin, "bwj_token", await agentPackageHash(project));
  expect(line).not.toContain("\n");
  const here = line.replaceAll("/opt/banwatch", join(host, "opt"));
  const env = { ...process.env, RAN: join(host, "ran") };
  return new Promise((done) => {
    execFile("sh", ["-c", here], { env, cwd: project }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

/** An npm package as the agent's: one program, which notes that it ran. */
function pack(says: string): Buffer {
  const folder = mkdtempSync(join(project, "package-"));
  mkdirSync(join(folder, "package"));
  const manifest = { name: "banwatch", version: "1.0.0", type: "module", bin: { banwatch: "banwatch.mjs" } };
  writeFileSync(join(folder, "package/package.json"), JSON.stringify(manifest));
  const program = [
    "#!/usr/bin/env node",
    'import { writeFileSync } from "node:fs";',
    'writeFileSync(process.env.RAN, "");',
    `console.log(${JSON.stringify(`${says} runs:`)}, ...process.argv.slice(2));`,
  ];
  writeFileSync(join(folder, "package/banwatch.mjs"), program.join("\n"));
  execFileSync("tar", ["-czf", join(folder, "it.tgz"), "-C", folder, "package"]);
  return readFileSync(join(folder, "it.tgz"));
}
