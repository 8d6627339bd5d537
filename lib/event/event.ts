/** What a log line says happened. Field names follow the Elastic Common Schema (`source.ip` → `sourceIp`). */

export const EVENT_KINDS = [
  "attempt",
  "blocked",
  "allowed",
  "scan",
  "ban",
  "unban",
  "restore",
  "flush",
  "login",
  "lifecycle",
] as const;

/**
 * - `attempt` a hostile try that a service or fail2ban saw
 * - `blocked` packets that a firewall dropped
 * - `allowed` packets that a firewall logged and let in; never an attack
 * - `scan` a port scan that lfd or psad named
 * - `ban`, `unban` an address was blocked, or let go
 * - `restore` a ban put back after a restart: not a new ban, not an attack
 * - `flush` a jail lifted all its bans at once; it has no address
 * - `login` a *successful* login
 * - `lifecycle` a jail was started, stopped or reloaded; it has no address
 */
export type EventKind = (typeof EVENT_KINDS)[number];

export const EVENT_SOURCES = [
  "fail2ban",
  "netfilter",
  "csf",
  "sshd",
  "snapfirewall",
  "mikrotik",
  "charon",
  "psad",
] as const;

/** The program whose log the event was read from. */
export type EventSource = (typeof EVENT_SOURCES)[number];

/** Whether events of the kind count as attacks, wherever a number of attacks is shown. */
export function isAttack(kind: EventKind): boolean {
  return kind === "attempt" || kind === "blocked";
}

/** One thing that happened, once or `count` times. Absent means that the line did not say. */
export type SecurityEvent = {
  /** Milliseconds since 1970-01-01 UTC, by the host's own clock. */
  timeMs: number;
  kind: EventKind;
  source: EventSource;
  /** How many times it happened within `timeMs` + 10 s; at least 1. */
  count: number;
  /** Canonical text form (RFC 5952 for IPv6); a prefix such as `192.0.2.0/24` only where the log names one. */
  sourceIp?: string;
  sourcePort?: number;
  destinationIp?: string;
  destinationPort?: number;
  transport?: string;
  /** The name that was tried. Hostile text: at most 256 characters, no control characters. */
  userName?: string;
  method?: string;
  /** fail2ban's jail, for events of fail2ban alone. */
  jail?: string;
  prefix?: string;
  inInterface?: string;
  /** How long a ban lasts; -1 is without end. */
  durationSeconds?: number;
  reason?: string;
};
