import { statSync } from "node:fs";
import { Problem } from "../lib/error/problem.ts";
import type { AgentOptions } from "./agent-options.ts";
import { type Log, logToStderr } from "./control/agent-log.ts";
import { hostEnforcer, runAgent } from "./main.ts";
import { type Account, createAccount, DEFAULT_ACCOUNT, findAccount } from "./privileged/account.ts";
import { outOfReachOfAll } from "./privileged/reach.ts";
import { becomeWorker, runTwoProcesses, WORKER_VARIABLE } from "./privileged/two-processes.ts";

/**
 * Runs the agent with as few rights as this host allows: as two processes when it is started by root and there is, or
 * can be, an account for the one that needs none. Throws Problem.
 */
export async function runAgentAsBestPossible(options: AgentOptions, stop: AbortSignal): Promise<void> {
  const log = logToStderr;
  const isRoot = process.getuid?.() === 0;
  const enforcer = hostEnforcer(options);
  const account = isRoot && !options.once ? await accountFor(options, log) : null;
  if (account !== null) {
    if (process.env[WORKER_VARIABLE] === account.name && process.send !== undefined) {
      await runAgent(options, stop, { enforcer: await becomeWorker(options, account), log });
      process.removeAllListeners("disconnect");
      process.disconnect();
      return;
    }
    const outcome = await runTwoProcesses(options, account, { enforcer, log }, stop);
    if (outcome.kind === "ended") {
      process.exitCode = outcome.exitCode;
      return;
    }
    log(oneProcess(account.name, outcome.reason));
  }
  refuseForeignState(options.state);
  await runAgent(options, stop, { enforcer, log });
}

/** The account for what needs no rights. The usual one is made where it would be of use, as packages do. */
async function accountFor(options: AgentOptions, log: Log): Promise<Account | null> {
  const { account: name } = options;
  const found = findAccount(name);
  if (found !== null || name !== DEFAULT_ACCOUNT) return found;
  const failure = outOfReachOfAll(options) ?? (await createAccount(name));
  if (failure !== null) {
    log(oneProcess(name, failure));
    return null;
  }
  log(`The system account ${name} was made: what needs no rights runs as it.`);
  return findAccount(name);
}

function oneProcess(account: string, reason: string): string {
  return `All is done by root in one process: the account ${account} can't do its part, ${reason}.`;
}

/** Whoever owns the directory can put links in it: root would write where they lead. */
function refuseForeignState(path: string): void {
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === process.getuid?.()) return;
  throw new Problem(
    `The state directory ${path} belongs to another account (number ${owner}): start the agent as that account, or name another directory with --state.`,
  );
}
