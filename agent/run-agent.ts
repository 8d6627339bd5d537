import type { AgentOptions } from "./agent-options.ts";
import { logToStderr } from "./control/agent-log.ts";
import { hostEnforcer, runAgent } from "./main.ts";
import { findAccount } from "./privileged/account.ts";
import { becomeWorker, runTwoProcesses, WORKER_VARIABLE } from "./privileged/two-processes.ts";

/**
 * Runs the agent with as few rights as this host allows: as two processes when it is started by root and there is an
 * account for the one that needs none. Throws Problem.
 */
export async function runAgentAsBestPossible(options: AgentOptions, stop: AbortSignal): Promise<void> {
  const log = logToStderr;
  const isRoot = process.getuid?.() === 0;
  const account = isRoot && !options.once ? findAccount(options.account) : null;
  const enforcer = hostEnforcer(options);
  if (account === null) {
    await runAgent(options, stop, { enforcer, log });
    return;
  }
  if (process.env[WORKER_VARIABLE] === account.name && process.send !== undefined) {
    const remote = becomeWorker(options, account);
    if (remote === null) process.exit(0);
    await runAgent(options, stop, { enforcer: remote, log });
    process.removeAllListeners("disconnect");
    process.disconnect();
    return;
  }
  const outcome = await runTwoProcesses(options, account, { enforcer, log }, stop);
  if (outcome.kind === "ended") {
    process.exitCode = outcome.exitCode;
    return;
  }
  log(
    `All is done by root in one process: the account ${account.name} can't do its part, ${outcome.reason}.`,
  );
  await runAgent(options, stop, { enforcer, log });
}
