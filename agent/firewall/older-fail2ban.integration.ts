import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Fail2ban } from "./fail2ban.ts";
import { askFail2ban } from "./fail2ban-socket.ts";

const END = "<F2B_END_COMMAND>";
let directory: string;
let server: Server | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bwfx-"));
});
afterEach(() => {
  server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A fail2ban that answers each question as `answer` says, by what is in the question. */
async function listen(answer: (question: string) => Buffer | null): Promise<string> {
  const socket = join(directory, "fail2ban.sock");
  server = createServer((connection) => {
    let question = "";
    connection.on("error", () => {});
    connection.on("data", (chunk) => {
      question += chunk.toString("latin1");
      if (!question.endsWith(END) || question.includes("CLOSE")) return;
      const said = answer(question);
      if (said !== null) connection.end(Buffer.concat([said, Buffer.from(END)]));
    });
  });
  await new Promise<void>((resolve) => server!.listen(socket, resolve));
  return socket;
}

type Value = number | string | Value[];

/** Lists, numbers and texts as Python pickles them. */
function pickled(value: Value): Buffer {
  if (typeof value === "number") return Buffer.from([0x4b, value]);
  if (typeof value === "string") {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.from("X"), length, Buffer.from(value)]);
  }
  return Buffer.concat([Buffer.from("]("), ...value.map(pickled), Buffer.from("e")]);
}
const answer = (value: Value) => Buffer.concat([Buffer.from([0x80, 2]), pickled(value), Buffer.from(".")]);

it("says whom it bans when it can't say since when", async () => {
  const socket = await listen((question) => {
    if (question.includes("banip"))
      return answer([1, "Invalid command (no get action or not yet implemented)"]);
    if (question.includes("sshd")) {
      return answer([
        0,
        [
          ["Filter", []],
          ["Actions", [["Banned IP list", ["203.0.113.7", "2001:db8::7"]]]],
        ],
      ]);
    }
    return answer([
      0,
      [
        ["Number of jail", 1],
        ["Jail list", "sshd, -v"],
      ],
    ]);
  });
  const bans = await new Fail2ban({ socket, timeZone: "UTC" }).bans();
  expect(bans).toEqual([
    {
      jail: "sshd",
      bans: [
        { prefix: "203.0.113.7", sinceMs: null, untilMs: null },
        { prefix: "2001:db8::7", sinceMs: null, untilMs: null },
      ],
    },
  ]);
});

it("is given up when it says nothing, and when it never comes to an end", async () => {
  const silent = await listen(() => null);
  await expect(askFail2ban(silent, ["status"], { silenceMs: 50, answerMs: 60_000 })).rejects.toThrow(
    /answer/,
  );
  server!.close();
  const trickling = join(directory, "trickling.sock");
  server = createServer((connection) => {
    connection.on("error", () => {});
    const drip = setInterval(() => connection.write("."), 10);
    connection.on("close", () => clearInterval(drip));
  });
  await new Promise<void>((resolve) => server!.listen(trickling, resolve));
  await expect(askFail2ban(trickling, ["status"], { silenceMs: 60_000, answerMs: 200 })).rejects.toThrow(
    "does not answer",
  );
});
