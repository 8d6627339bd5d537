import { accessSync, constants, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { and, eq, isNull } from "drizzle-orm";
import type { Actor } from "../action/record-action.ts";
import { config } from "../config/config.ts";
import { type Connections, connections } from "../db/client.ts";
import { host } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { issueJoinToken } from "../host/join-tokens.ts";
import { refuseInDemo } from "../instance/instance.ts";
import { AgentProcess } from "./agent-process.ts";

/** The agent that watches the machine on which the app itself runs, as a child of the app. */
export type LocalAgentState =
  | { state: "running" }
  /** It can be started; `reason` is why it isn't running, when it was. */
  | { state: "stopped"; reason: string | null }
  | { state: "not_possible"; reason: string };

const FAIL2BAN_LOG = "/var/log/fail2ban.log";
/** The agent as hosts get it: one file, which takes a fraction of the memory that the sources would. */
const AGENT_PROGRAM = "build/package/banwatch.mjs";

/** The framework loads this module a second time, packed into the app; both must see the one child. */
function holder(): { banwatchLocalAgent?: AgentProcess } {
  return globalThis as typeof globalThis & { banwatchLocalAgent?: AgentProcess };
}

function agentProcess(): AgentProcess {
  const held = holder();
  const { dataDir } = config();
  held.banwatchLocalAgent ??= new AgentProcess(
    {
      main: resolve(AGENT_PROGRAM),
      stateDir: join(dataDir, "agent"),
      logFile: join(dataDir, "agent.log"),
    },
    (hostId) => isKnownHost(connections(), hostId),
  );
  return held.banwatchLocalAgent;
}

export function localAgentState(): LocalAgentState {
  const agent = agentProcess();
  if (agent.isRunning) return { state: "running" };
  const reason = whyNotPossible();
  return reason === null ? { state: "stopped", reason: agent.lastWords } : { state: "not_possible", reason };
}

function whyNotPossible(): string | null {
  try {
    accessSync(FAIL2BAN_LOG, constants.R_OK);
    return null;
  } catch {
    return existsSync(FAIL2BAN_LOG)
      ? `The account that Banwatch runs under may not read ${FAIL2BAN_LOG}. Start Banwatch as root, or connect this machine as a host.`
      : `There is no ${FAIL2BAN_LOG} on this machine: fail2ban doesn't run here, or logs elsewhere.`;
  }
}

/**
 * Enrols this machine and starts its agent; returns when the agent has enrolled.
 * Throws AppError `demo`, `conflict` when it runs or can't be started, in the agent's own words.
 */
export async function watchThisMachine(from: Connections, actor: Actor, nowMs: number): Promise<void> {
  await refuseInDemo(from);
  const now = localAgentState();
  if (now.state === "running") throw new AppError("conflict", "This machine is being watched already.");
  if (now.state === "not_possible") throw new AppError("conflict", now.reason);
  const agent = agentProcess();
  const isEnrolled = await agent.isEnrolled();
  if (!isEnrolled) agent.forget();
  const joining = isEnrolled ? [] : ["--join", (await issueJoinToken(from, actor, nowMs)).token];
  const outcome = await agent.start(["--server", serverUrl(), ...joining]);
  if (outcome.kind === "enrolled") return;
  throw new AppError("conflict", `The agent could not be started: ${outcome.reason}`);
}

/** At the start of the app: watches this machine again, if it did before. */
export async function startLocalAgentIfEnrolled(): Promise<void> {
  const agent = agentProcess();
  if (await agent.isEnrolled()) await agent.start(["--server", serverUrl()]);
}

/** At the end of the app. Returns when the agent has saved its work and ended. */
export async function stopLocalAgent(): Promise<void> {
  await holder().banwatchLocalAgent?.stop();
}

async function isKnownHost(from: Connections, hostId: string): Promise<boolean> {
  const found = await from.db
    .select({ id: host.id })
    .from(host)
    .where(and(eq(host.id, hostId), isNull(host.revokedAt)));
  return found.length > 0;
}

function serverUrl(): string {
  const { host: listening, port } = config();
  if (listening === "0.0.0.0" || listening === "::") return `http://127.0.0.1:${port}`;
  return `http://${listening.includes(":") ? `[${listening}]` : listening}:${port}`;
}
