import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { host } from "../db/schema/index.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { answerError } from "../error/answer.ts";
import { AppError } from "../error/app-error.ts";
import { enrolHost } from "../host/enrol-host.ts";
import { issueJoinToken } from "../host/join-tokens.ts";
import { parseMessage } from "../ingest/parse-message.ts";
import { ensureInstance } from "../instance/instance.ts";
import { enrolSchema, WIRE_PATHS } from "../wire/wire.ts";
import { AgentProcess } from "./agent-process.ts";

const ada = { id: "ada", name: "Ada", fromAddress: null };
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let server: Server;
let url: string;
const path = process.env.PATH;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(database, { demo: false });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await enrol(request.url ?? "", Buffer.concat(chunks).toString()).catch(answerError);
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The agent finds no firewall's program here: this machine stays as it is.
  process.env.PATH = "/nonexistent";
});
afterAll(async () => {
  process.env.PATH = path;
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await database.close();
});

/** The app's side of enrolling; whatever else an agent asks is not here yet, as at the start of the app. */
async function enrol(requested: string, body: string): Promise<Response> {
  if (requested !== WIRE_PATHS.enrol) throw new AppError("not_found", "Banwatch is starting.");
  return Response.json(await enrolHost(database, parseMessage(enrolSchema, body), null, Date.now()));
}

async function isKnown(hostId: string): Promise<boolean> {
  const [found] = await database.db.select().from(host).where(eq(host.id, hostId));
  return found !== undefined && found.revokedAt === null;
}

function newProcess(directory: string): AgentProcess {
  const main = resolve(import.meta.dirname, "../../cli/main.ts");
  const paths = { main, stateDir: join(directory, "agent"), logFile: join(directory, "agent.log") };
  return new AgentProcess(paths, isKnown);
}

function pidIn(directory: string): number {
  return Number(readFileSync(join(directory, "agent.pid"), "utf8"));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const newDirectory = () => mkdtempSync(join(tmpdir(), "banwatch-local-agent-"));
const newToken = async () => (await issueJoinToken(database, ada, Date.now())).token;

test("a local agent enrols, comes back when it is killed, and ends with the app", async () => {
  const directory = newDirectory();
  const agent = newProcess(directory);
  expect(await agent.isEnrolled()).toBe(false);
  expect(await agent.start(["--server", url, "--join", await newToken()])).toEqual({ kind: "enrolled" });
  expect(await agent.isEnrolled()).toBe(true);
  const first = pidIn(directory);
  process.kill(first, "SIGKILL");
  await expect.poll(() => pidIn(directory), { timeout: 15_000 }).not.toBe(first);
  await expect.poll(() => agent.isRunning).toBe(true);
  await agent.stop();
  expect(agent.isRunning).toBe(false);
  expect(isAlive(pidIn(directory))).toBe(false);
});

test("an agent that a killed app left behind is ended before the next one starts", async () => {
  const directory = newDirectory();
  const left = newProcess(directory);
  await left.start(["--server", url, "--join", await newToken()]);
  const orphan = pidIn(directory);
  const next = newProcess(directory);
  await next.start(["--server", url]);
  expect(isAlive(orphan)).toBe(false);
  expect(next.isRunning).toBe(true);
  await next.stop();
  await left.stop();
});

test("an agent that can't start says why, and one whose host was removed is not enrolled any more", async () => {
  const directory = newDirectory();
  const agent = newProcess(directory);
  const outcome = await agent.start(["--server", url, "--join", "nonsense"]);
  expect(outcome).toMatchObject({ kind: "ended", reason: expect.stringContaining("join token") });
  expect(agent.isRunning).toBe(false);
  await agent.start(["--server", url, "--join", await newToken()]);
  await agent.stop();
  await database.db.update(host).set({ revokedAt: new Date() }).where(eq(host.id, agent.hostId!));
  expect(await agent.isEnrolled()).toBe(false);
  agent.forget();
  expect(agent.hostId).toBeNull();
});
