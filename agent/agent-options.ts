import { FAIL2BAN_SOCKET } from "./firewall/fail2ban.ts";

/** How the agent is told to run; what is absent is kept in the state directory, or has a default. */
export type AgentOptions = {
  server?: string;
  join?: string;
  name?: string;
  state: string;
  /** Logs to follow. */
  logs: string[];
  /** Read what is there, send it, and end. */
  once: boolean;
  fail2banSocket: string;
  /** The account for what needs no rights; see `privileged/`. */
  account: string;
  agentVersion: string;
};

export const DEFAULT_LOG = "/var/log/fail2ban.log";
export { FAIL2BAN_SOCKET };
