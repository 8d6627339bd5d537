import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, lchownSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentOptions } from "../agent-options.ts";
import type { Log } from "../control/agent-log.ts";
import type { Enforcer } from "../firewall/enforcer.ts";
import type { Account } from "./account.ts";
import { RemoteEnforcer } from "./remote-enforcer.ts";
import { carryOutVerb, readySchema, requestSchema } from "./verbs.ts";

/** Set for the process that gives up its rights. Whoever sets it by hand only gives up theirs. */
export const WORKER_VARIABLE = "BANWATCH_AGENT_WORKER";

export type TwoProcessesOutcome =
  | { kind: "ended"; exitCode: number }
  /** The account can't reach what the agent needs: all must be done in one process. */
  | { kind: "impossible"; reason: string };

/**
 * Runs the agent as two processes: this one, which keeps its rights and knows nothing but the verbs, and a copy of
 * itself without rights, which reads what attackers wrote and talks to the network.
 */
export async function runTwoProcesses(
  options: AgentOptions,
  account: Account,
  parts: { enforcer: Enforcer; log: Log },
  stop: AbortSignal,
): Promise<TwoProcessesOutcome> {
  const refusal = handOver(options.state, account);
  if (refusal !== null) return { kind: "impossible", reason: refusal };
  const worker = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, [WORKER_VARIABLE]: account.name },
  });
  const end = () => worker.kill("SIGTERM");
  stop.addEventListener("abort", end, { once: true });
  let impossible: string | null = null;
  worker.on("message", (message) => {
    const ready = readySchema.safeParse(message);
    if (ready.success) {
      if (!ready.data.ready) impossible = ready.data.reason ?? "it gave no reason";
      else
        parts.log(
          `Reading and talking is done by the account ${account.name}; only firewall and fail2ban by root.`,
        );
    } else void answer(worker, message, parts.enforcer);
  });
  const exitCode = await new Promise<number>((resolve) => {
    worker.once("error", () => resolve(1));
    worker.once("exit", (code) => resolve(code ?? 1));
  });
  stop.removeEventListener("abort", end);
  return impossible === null ? { kind: "ended", exitCode } : { kind: "impossible", reason: impossible };
}

async function answer(worker: ChildProcess, message: unknown, enforcer: Enforcer): Promise<void> {
  const request = requestSchema.safeParse(message);
  // The worker speaks to hostile input: what it asks for out of turn is not answered at all.
  if (!request.success) return;
  const { id } = request.data;
  try {
    reply(worker, { id, value: (await carryOutVerb(enforcer, request.data)) ?? null });
  } catch (error) {
    reply(worker, { id, error: error instanceof Error ? error.message : String(error), value: null });
  }
}

function reply(worker: ChildProcess, message: object): void {
  // It may have ended meanwhile.
  if (worker.connected) worker.send(message, () => undefined);
}

/**
 * The state belongs to the account that works with it. This is done once, while nobody but root can change what is
 * there, and only where all of it is ours. Why it can't be done; null when it is.
 */
function handOver(state: string, account: Account): string | null {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const { uid } = statSync(state);
  if (uid === account.uid) return null;
  const names = readdirSync(state);
  const foreign = names.find((name) => !STATE_FILES.has(name));
  if (uid !== 0 || foreign !== undefined) return `${state} holds what is not the agent's`;
  const spool = names.includes("spool") ? readdirSync(join(state, "spool")) : [];
  const paths = [...names, ...spool.map((name) => join("spool", name))].map((name) => join(state, name));
  for (const path of [...paths, state]) lchownSync(path, account.uid, account.gid);
  return null;
}
const STATE_FILES = new Set(["identity.json", "rules.json", "orders.json", "reports.jsonl", "lock", "spool"]);

/**
 * Gives up root's rights for good, and answers with the verbs of the process that keeps them. Null when the account
 * can't reach what the agent needs; that has been said to the other process, and this one must end.
 */
export function becomeWorker(options: AgentOptions, account: Account): Enforcer | null {
  process.setgroups?.([account.gid, groupOf(options.logs[0]) ?? account.gid]);
  process.setgid?.(account.gid);
  process.setuid?.(account.uid);
  const reason = whatIsOutOfReach(options);
  process.send?.({ ready: reason === null, reason: reason ?? undefined });
  if (reason !== null) return null;
  // Without the other process nothing can be carried out: whoever supervises it starts both again.
  process.once("disconnect", () => process.exit(1));
  return new RemoteEnforcer({
    send: (message) => process.send?.(message),
    onMessage: (listener) => process.on("message", listener),
  });
}

/** Debian's logs are readable for the group adm. */
function groupOf(path: string | undefined): number | null {
  if (path === undefined) return null;
  for (const candidate of [path, dirname(path)]) {
    try {
      const { gid } = statSync(candidate);
      return gid === 0 ? null : gid;
    } catch {
      // Not there yet: its directory's group is as good a guess as any.
    }
  }
  return null;
}

function whatIsOutOfReach(options: AgentOptions): string | null {
  const needed: [string, number][] = [[options.state, constants.R_OK | constants.W_OK | constants.X_OK]];
  for (const name of STATE_FILES) needed.push([join(options.state, name), constants.R_OK | constants.W_OK]);
  for (const log of options.logs)
    needed.push([dirname(log), constants.R_OK | constants.X_OK], [log, constants.R_OK]);
  for (const [path, mode] of needed) {
    try {
      accessSync(path, mode);
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isMissing) return `${path} is not within its reach`;
    }
  }
  return null;
}
