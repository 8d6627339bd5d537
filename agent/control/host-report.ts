import { type Observed, type Status, WIRE_PATHS, WIRE_VERSION } from "../../lib/wire/wire.ts";
import * as z from "zod";
import type { Enforcer } from "../firewall/enforcer.ts";
import type { Spool } from "../ship/spool.ts";
import type { Source } from "../source/source.ts";
import type { AppClient } from "./app-client.ts";
import { findGuarded } from "./guarded.ts";
import type { RuleKeeper } from "./rule-keeper.ts";

/** What the wire takes; see `observedSchema`. */
const ENFORCERS_MAX = 200;
const JAIL_MAX = 128;
const BANS_MAX = 1_000_000;

const statusAnswerSchema = z.object({ serverTimeMs: z.number() });

export type HostParts = {
  agentVersion: string;
  startedAtMs: number;
  client: AppClient;
  enforcer: Enforcer;
  keeper: RuleKeeper;
  spool: Spool;
  sources: readonly Source[];
  /** Says what of the host was more than Banwatch takes; null: nothing. */
  sayLeftOut: (sentence: string | null) => void;
  /** Why reading has stopped for now; null when it hasn't. */
  pausedBecause: () => string | null;
};

/** Tells the app how this host is. Throws Refused or Unreachable. */
export async function sendStatus(parts: HostParts, stop: AbortSignal, timeoutMs?: number): Promise<void> {
  const answer = await parts.client.post(WIRE_PATHS.status, await statusOf(parts), stop, timeoutMs);
  const parsed = statusAnswerSchema.safeParse(answer);
  if (parsed.success) parts.client.correctClock(parsed.data.serverTimeMs);
}

async function statusOf(parts: HostParts): Promise<Status> {
  const [probe, guarded] = await Promise.all([parts.enforcer.probe(), findGuarded(parts.client.server)]);
  const { own, gateways, resolvers } = guarded;
  return {
    version: WIRE_VERSION,
    agentVersion: parts.agentVersion,
    sentAtMs: Date.now(),
    startedAtMs: parts.startedAtMs,
    fail2ban: probe.fail2ban,
    firewall:
      probe.firewall.state === "ready"
        ? { ...probe.firewall, rules: parts.keeper.inForce }
        : { ...probe.firewall, reason: probe.firewall.reason.slice(0, 512) },
    sources: parts.sources.map((source) => sourceHealth(source, parts.pausedBecause())),
    spool: parts.spool.figures(),
    guarded: { own, gateways, resolvers },
    rulesGeneration: parts.keeper.generation,
  };
}

function sourceHealth(source: Source, paused: string | null): Status["sources"][number] {
  const health = source.health();
  const state =
    paused !== null
      ? { state: "unreadable" as const, reason: paused.slice(0, 256) }
      : health.state === "following"
        ? { state: health.state }
        : { state: health.state, reason: health.reason.slice(0, 256) };
  return { path: source.name, ...state, ...source.tally() };
}

/** Tells the app all that is blocked on this host now. Throws Refused, Unreachable, or the host's own words. */
export async function sendObserved(parts: HostParts, stop: AbortSignal): Promise<void> {
  const observedAtMs = Date.now();
  const { fail2ban, rules, problem } = await parts.enforcer.list();
  const denied = problem === null ? rules.deny : [];
  const own = denied.map((prefix) => ({ prefix, sinceMs: null, untilMs: parts.keeper.untilMsOf(prefix) }));
  const { enforcers, leftOut } = withinLimits(fail2ban, own);
  parts.sayLeftOut(leftOut);
  const observed: Observed = { version: WIRE_VERSION, observedAtMs, enforcers };
  await parts.client.post(WIRE_PATHS.observed, observed, stop);
}

type Bans = Observed["enforcers"][number]["bans"];

/** As much as one message may hold, Banwatch's own table first: too much of fail2ban must not hide all the rest. */
export function withinLimits(
  fail2ban: { jail: string; bans: Bans }[] | null,
  own: Bans,
): { enforcers: Observed["enforcers"]; leftOut: string | null } {
  const enforcers: Observed["enforcers"] = [
    { enforcer: "banwatch", jail: "", bans: own.slice(0, BANS_MAX) },
    ...(fail2ban ?? [])
      .filter(({ jail }) => jail.length <= JAIL_MAX)
      .slice(0, ENFORCERS_MAX - 1)
      .map(({ jail, bans }) => ({ enforcer: "fail2ban" as const, jail, bans: bans.slice(0, BANS_MAX) })),
  ];
  const lost = (fail2ban?.length ?? 0) + 1 - enforcers.length;
  const isCut = own.length > BANS_MAX || (fail2ban ?? []).some(({ bans }) => bans.length > BANS_MAX);
  // To name fail2ban says that it was asked; without a jail it bans nobody. While it isn't running nothing is said: a
  // fail2ban that was stopped has logged what it lifted, and one that was killed has left its bans in the firewall.
  if (fail2ban?.length === 0) enforcers.push({ enforcer: "fail2ban", jail: "", bans: [] });
  const said = [
    lost > 0
      ? `${lost} of ${fail2ban?.length} jails (at most ${ENFORCERS_MAX - 1} are shown, with names of up to ${JAIL_MAX} characters)`
      : "",
    isCut ? `bans above ${BANS_MAX} in one place` : "",
  ].filter((one) => one !== "");
  return {
    enforcers,
    leftOut: said.length === 0 ? null : `Banwatch is not shown ${said.join(", nor ")}.`,
  };
}
