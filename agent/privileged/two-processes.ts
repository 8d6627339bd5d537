import { type ChildProcess, spawn } from "node:child_process";
import { lchownSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AgentOptions } from "../agent-options.ts";
import type { Log } from "../control/agent-log.ts";
import type { Enforcer } from "../firewall/enforcer.ts";
import type { Account } from "./account.ts";
import { logGroup, outOfOwnReach } from "./reach.ts";
import { type Line, RemoteEnforcer } from "./remote-enforcer.ts";
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
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  const worker = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, [WORKER_VARIABLE]: account.name },
  });
  const end = () => worker.kill("SIGTERM");
  stop.addEventListener("abort", end, { once: true });
  const ended = new Promise<number>((resolve) => {
    worker.once("error", () => resolve(1));
    worker.once("exit", (code) => resolve(code ?? 1));
  });
  const line = { send: (message: unknown) => tell(worker, message), onMessage: onMessageOf(worker) };
  const ready = await Promise.race([hearWorker(line, parts.enforcer), ended]);
  let impossible: string | null = null;
  if (typeof ready !== "number") {
    impossible = handOver(options.state, account, ready);
    if (impossible === null) {
      parts.log(
        `Reading and talking is done by the account ${account.name}; only firewall and fail2ban by root.`,
      );
      if (ready !== null) parts.log(`The account ${account.name} can't do all of its part: ${ready}.`);
      line.send({ go: true });
    } else worker.disconnect();
  }
  const exitCode = await ended;
  stop.removeEventListener("abort", end);
  return impossible === null ? { kind: "ended", exitCode } : { kind: "impossible", reason: impossible };
}

/**
 * Answers a worker. Its first message, and no other, says what is out of its reach (null: nothing): it was written
 * before the worker has read anything that an attacker could have written.
 */
export async function hearWorker(line: Line, enforcer: Enforcer): Promise<string | null> {
  return await new Promise((resolve) => {
    let isFirst = true;
    line.onMessage((message) => {
      if (!isFirst) {
        void answer(line, message, enforcer);
        return;
      }
      isFirst = false;
      const ready = readySchema.safeParse(message);
      if (ready.success) resolve(ready.data.ready ? null : (ready.data.reason ?? "it gave no reason"));
      else resolve("it said something else than whether it is ready");
    });
  });
}

function onMessageOf(from: NodeJS.EventEmitter): Line["onMessage"] {
  return (listener) => from.on("message", listener);
}

function tell(worker: ChildProcess, message: unknown): void {
  // It may have ended meanwhile.
  if (worker.connected) worker.send(message as object, () => undefined);
}

async function answer(line: Line, message: unknown, enforcer: Enforcer): Promise<void> {
  const request = requestSchema.safeParse(message);
  // The worker speaks to hostile input: what it asks for out of turn is not answered at all.
  if (!request.success) return;
  const { id } = request.data;
  try {
    line.send({ id, value: (await carryOutVerb(enforcer, request.data)) ?? null });
  } catch (error) {
    line.send({ id, error: error instanceof Error ? error.message : String(error), value: null });
  }
}

/**
 * The state belongs to the account that works with it. This is done once, while nobody but root can change what is
 * there, and only where all of it is ours and the account reaches the rest (`missing` is null). Why it can't be done;
 * null when it is. What an account owns already stays its own: root does nothing in there.
 */
function handOver(state: string, account: Account, missing: string | null): string | null {
  const { uid, mode } = statSync(state);
  if (uid === account.uid) return null;
  if (missing !== null) return missing;
  const names = readdirSync(state);
  const foreign = names.find((name) => !STATE_FILES.has(name.replace(/\.new$/, "")));
  if (uid !== 0 || (mode & 0o022) !== 0 || foreign !== undefined) {
    return `${state} holds what is not the agent's`;
  }
  const spool = names.includes("spool") ? readdirSync(join(state, "spool")) : [];
  const paths = [...names, ...spool.map((name) => join("spool", name))].map((name) => join(state, name));
  for (const path of [...paths, state]) lchownSync(path, account.uid, account.gid);
  return null;
}
const STATE_FILES = new Set(["identity.json", "rules.json", "orders.json", "reports.jsonl", "lock", "spool"]);

/**
 * Gives up root's rights for good, and answers with the verbs of the process that keeps them, once that one has handed
 * over the state.
 */
export async function becomeWorker(options: AgentOptions, account: Account): Promise<Enforcer> {
  process.setgroups?.([account.gid, logGroup(options.logs[0]) ?? account.gid]);
  process.setgid?.(account.gid);
  process.setuid?.(account.uid);
  // Without the other process nothing can be carried out: whoever supervises it starts both again.
  process.once("disconnect", () => process.exit(1));
  const reason = outOfOwnReach(options);
  const goes = new Promise((resolve) => process.once("message", resolve));
  process.send?.({ ready: reason === null, reason: reason ?? undefined });
  await goes;
  return new RemoteEnforcer({
    send: (message) => process.send?.(message),
    onMessage: onMessageOf(process),
  });
}
