import type { Command } from "commander";
import { DEFAULT_LOG, FAIL2BAN_SOCKET } from "../agent/agent-options.ts";
import { defaultStateDirectory } from "../agent/control/state-directory.ts";
import { runAgentAsBestPossible } from "../agent/run-agent.ts";
import { DEFAULT_ACCOUNT } from "../agent/privileged/account.ts";
import { VERSION } from "./version.ts";

type Flags = {
  server?: string;
  join?: string;
  name?: string;
  state?: string;
  log?: string[];
  once?: boolean;
  fail2banSocket?: string;
  user?: string;
};

/** `banwatch agent`: follow this host's logs, send what happens, and carry out what is ordered. */
export function addAgentCommand(program: Command): void {
  program
    .command("agent")
    .description("Watch this host for a Banwatch server, and act on it when told to.")
    .option("--server <url>", "the address of Banwatch; kept after the first start")
    .option("--join <token>", "connect this host with a one-time token from the page Hosts")
    .option("--name <name>", "what this host is called in Banwatch (default: its host name)")
    .option(
      "--state <directory>",
      `where the agent keeps its key, spool and rules (default: ${defaultStateDirectory()})`,
    )
    .option(
      "--log <path>",
      `a fail2ban.log to follow, can be given more than once (default: ${DEFAULT_LOG})`,
      (path: string, paths: string[] | undefined) => [...(paths ?? []), path],
    )
    .option("--once", "read what is there, send it, and end")
    .option("--fail2ban-socket <path>", `the socket of fail2ban (default: ${FAIL2BAN_SOCKET})`)
    .option(
      "--user <account>",
      `what reads and talks runs as this account, if it exists (default: ${DEFAULT_ACCOUNT})`,
    )
    .action(agentCommand);
}

async function agentCommand(flags: Flags): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  await runAgentAsBestPossible(
    {
      ...(flags.server === undefined ? {} : { server: flags.server }),
      ...(flags.join === undefined ? {} : { join: flags.join }),
      ...(flags.name === undefined ? {} : { name: flags.name }),
      state: flags.state ?? defaultStateDirectory(),
      logs: flags.log ?? [DEFAULT_LOG],
      once: flags.once ?? false,
      account: flags.user ?? DEFAULT_ACCOUNT,
      fail2banSocket: flags.fail2banSocket ?? FAIL2BAN_SOCKET,
      agentVersion: VERSION,
    },
    stop.signal,
  );
}
