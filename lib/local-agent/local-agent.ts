import { accessSync, constants, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Actor } from "../action/record-action.ts";
import { config } from "../config/config.ts";
import type { Connections } from "../db/client.ts";
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
const MAIN = resolve(import.meta.dirname, "../../cli/main.ts");

/** The framework loads this module a second time, packed into the app; both must see the one child. */
function holder(): { banwatchLocalAgent?: AgentProcess } {
  return globalThis as typeof globalThis & { banwatchLocalAgent?: AgentProcess };
}

function agentProcess(): AgentProcess {
  const held = holder();
  held.banwatchLocalAgent ??= new AgentProcess({
    // Packed, this module isn't where its source is; the app is run from the project's folder.
    main: existsSync(MAIN) ? MAIN : resolve("cli/main.ts"),
    stateDir: join(config().dataDir, "agent"),
    logFile: join(config().dataDir, "agent.log"),
  });
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
export async function watchThisMachine(connections: Connections, actor: Actor, nowMs: number): Promise<void> {
  await refuseInDemo(connections);
  const now = localAgentState();
  if (now.state === "running") throw new AppError("conflict", "This machine is being watched already.");
  if (now.state === "not_possible") throw new AppError("conflict", now.reason);
  const agent = agentProcess();
  const joining = agent.isEnrolled ? [] : ["--join", (await issueJoinToken(connections, actor, nowMs)).token];
  const outcome = await agent.start(["--server", serverUrl(), ...joining]);
  if (outcome.kind === "enrolled") return;
  throw new AppError("conflict", `The agent could not be started: ${outcome.reason}`);
}

/** At the start of the app: watches this machine again, if it did before. */
export async function startLocalAgentIfEnrolled(): Promise<void> {
  const agent = agentProcess();
  if (agent.isEnrolled) await agent.start(["--server", serverUrl()]);
}

/** At the end of the app. Returns when the agent has saved its work and ended. */
export async function stopLocalAgent(): Promise<void> {
  await holder().banwatchLocalAgent?.stop();
}

function serverUrl(): string {
  const { host, port } = config();
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
