import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HostNamespace } from "../fixture/host-namespace.ts";

let host: HostNamespace;
beforeEach(async () => {
  host = await HostNamespace.create();
});
afterEach(() => host.destroy());

/** What an sshd is to the kernel: a process of that name that listens at a port. */
const DAEMON = `process.title = "sshd"; require("node:fs").writeFileSync("/proc/self/comm", "sshd");
require("node:net").createServer(() => {}).listen(2222, () => console.log("listening"));`;
const FIND = `import { findSessions } from ${JSON.stringify(`${import.meta.dirname}/ssh-sessions.ts`)}; console.log(findSessions().join());`;

it("finds the session at an sshd that listens at another port than the usual one", async () => {
  const daemon = spawn("ip", ["netns", "exec", host.name, process.execPath, "-e", DAEMON], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(daemon.stdout, "data");
    const session = connect(2222, host.inside);
    await once(session, "connect");
    const { stdout } = await host.run(process.execPath, ["--input-type=module", "-e", FIND]);
    expect(stdout.trim()).toBe(host.outside);
    session.destroy();
  } finally {
    daemon.kill("SIGKILL");
  }
});
