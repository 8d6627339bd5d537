import { Problem } from "../lib/error/problem.ts";
import type { Report } from "../lib/wire/wire.ts";
import type { AgentOptions } from "./agent-options.ts";
import { type Log, sayOnce } from "./control/agent-log.ts";
import { AppClient, Refused, Unreachable } from "./control/app-client.ts";
import { carryOutCommand } from "./control/carry-out-command.ts";
import { findGuarded } from "./control/guarded.ts";
import { type HostParts, sendObserved, sendStatus } from "./control/host-report.ts";
import { establishIdentity, type Identity } from "./control/identity.ts";
import { keepChecking } from "./control/keep-checking.ts";
import { OrderDesk } from "./control/order-desk.ts";
import { OrderStream, Revoked } from "./control/order-stream.ts";
import { ReportQueue } from "./control/report-queue.ts";
import { type Reach, RuleKeeper } from "./control/rule-keeper.ts";
import { StateDirectory } from "./control/state-directory.ts";
import { Ticker } from "./control/ticker.ts";
import type { Enforcer } from "./firewall/enforcer.ts";
import { Fail2ban } from "./firewall/fail2ban.ts";
import { HostEnforcer } from "./firewall/host-enforcer.ts";
import { NftablesDriver } from "./firewall/nftables-driver.ts";
import { MemoryKeeper } from "./memory.ts";
import { createLineParser, hostTimeZone } from "./parse/parse-line.ts";
import { Intake } from "./ship/intake.ts";
import { Shipper } from "./ship/shipper.ts";
import { Spool } from "./ship/spool.ts";
import { FileSource } from "./source/file-source.ts";
import { NEW_SOURCE } from "./source/source.ts";

const STATUS_MS = 10_000;
const OBSERVED_MS = 30_000;
const OBSERVED_SETTLE_MS = 250;
const STATUS_SETTLE_MS = 1000;
const REACH_PATIENCE_MS = 60_000;

/**
 * The agent of a host: reads logs, sends events, carries out orders. Returns when `stop` is aborted, or with `once`
 * when all is read and acknowledged. Throws Problem when it can't start or may not go on.
 */
export async function runAgent(
  options: AgentOptions,
  stop: AbortSignal,
  parts: { enforcer: Enforcer; log: Log },
): Promise<void> {
  const state = new StateDirectory(options.state);
  try {
    const agent = new Agent(state, options, parts);
    await agent.run(stop);
  } catch (error) {
    throw asProblem(error);
  } finally {
    state.release();
  }
}

export function hostEnforcer(options: { fail2banSocket: string }): Enforcer {
  const fail2ban = new Fail2ban({ socket: options.fail2banSocket, timeZone: hostTimeZone() });
  return new HostEnforcer({ driver: new NftablesDriver(), fail2ban });
}

/** Wires the parts together: the only place that knows them all. */
class Agent {
  readonly #state: StateDirectory;
  readonly #options: AgentOptions;
  readonly #enforcer: Enforcer;
  readonly #log: Log;
  #client: AppClient | null = null;
  #reports: ReportQueue | null = null;
  #desk: OrderDesk | null = null;
  #reach: (() => Promise<Reach>) | null = null;

  constructor(state: StateDirectory, options: AgentOptions, parts: { enforcer: Enforcer; log: Log }) {
    this.#state = state;
    this.#options = options;
    this.#enforcer = parts.enforcer;
    this.#log = parts.log;
  }

  async run(stop: AbortSignal): Promise<void> {
    const keeper = this.#createKeeper();
    // Before anything else, and before the network: a host that has just started is open until then.
    if (!this.#options.once) await keeper.restore();
    const identity = await establishIdentity(this.#state, this.#options);
    const { server, hostId, key } = identity;
    const client = new AppClient({ server, hostId, key });
    this.#client = client;
    const spool = new Spool(this.#state.file("spool"), { warn: this.#log });
    const end = new AbortController();
    stop.addEventListener("abort", () => end.abort(), { once: true });
    if (stop.aborted) end.abort();
    try {
      if (this.#options.once) await this.#runOnce(identity, client, keeper, spool, end.signal);
      else await this.#follow(identity, client, keeper, spool, end);
    } finally {
      end.abort();
      spool.close();
    }
  }

  #createKeeper(): RuleKeeper {
    return new RuleKeeper({
      state: this.#state,
      enforcer: this.#enforcer,
      report: (report) => this.#report(report),
      guarded: async () => await findGuarded(this.#client!.server, await this.#enforcer.sessions()),
      reachesApp: async () => (await this.#reach?.()) ?? "unknown",
      appNowMs: () => this.#desk?.nowMs() ?? this.#client?.nowMs() ?? Date.now(),
      now: Date.now,
      log: this.#log,
    });
  }

  #report(report: Report): void {
    this.#reports?.add(report);
  }

  #createSources(spool: Spool, intake: Intake): FileSource[] {
    return this.#options.logs.map((path) => {
      const saved = spool.sourceState(path) ?? NEW_SOURCE;
      const parser = createLineParser({ timeZone: hostTimeZone() });
      return new FileSource({ path, saved, parser, deliver: (delivery) => intake.take(delivery) });
    });
  }

  #hostParts(
    client: AppClient,
    keeper: RuleKeeper,
    spool: Spool,
    intake: Intake,
    sources: FileSource[],
  ): HostParts {
    return {
      agentVersion: this.#options.agentVersion,
      startedAtMs: Date.now(),
      client,
      enforcer: this.#enforcer,
      keeper,
      spool,
      sources,
      sayLeftOut: sayOnce(this.#log),
      pausedBecause: () => intake.pausedBecause,
    };
  }

  async #runOnce(
    identity: Identity,
    client: AppClient,
    keeper: RuleKeeper,
    spool: Spool,
    stop: AbortSignal,
  ): Promise<void> {
    const intake = new Intake({ spool, log: this.#log, stop });
    const sources = this.#createSources(spool, intake);
    const shipper = new Shipper({ spool, client, log: this.#log });
    await Promise.all(sources.map((source) => source.run(stop, { once: true })));
    await shipper.run(stop, { once: true });
    if (stop.aborted) throw new Problem("Stopped before everything was sent: start it again to go on.");
    await sendStatus(this.#hostParts(client, keeper, spool, intake, sources), stop);
    for (const source of sources) {
      const health = source.health();
      if (health.state !== "following") throw new Problem(`${source.name} was not read: ${health.reason}`);
      const { lines, events, unreadable } = source.tally();
      this.#log(`${source.name}: ${lines} lines, ${events} events, ${unreadable} unreadable.`);
    }
    this.#log(`Everything is stored by Banwatch at ${identity.server}, as the host ${identity.hostName}.`);
  }

  async #follow(
    identity: Identity,
    client: AppClient,
    keeper: RuleKeeper,
    spool: Spool,
    end: AbortController,
  ): Promise<void> {
    const stop = end.signal;
    const intake = new Intake({ spool, log: this.#log, stop });
    const sources = this.#createSources(spool, intake);
    const shipper = new Shipper({ spool, client, log: this.#log });
    const reports = new ReportQueue({ state: this.#state, client, log: this.#log });
    this.#reports = reports;
    const host = this.#hostParts(client, keeper, spool, intake, sources);
    this.#reach = async () => await reachesApp(host, stop);

    const status = new Ticker(async () => await sendStatus(host, stop), {
      everyMs: STATUS_MS,
      settleMs: STATUS_SETTLE_MS,
      log: this.#log,
    });
    const observed = new Ticker(
      async () => {
        // While events wait, the app would compare the firewall with what it has yet to hear of.
        if (spool.isEmpty) await sendObserved(host, stop);
        else setTimeout(() => observed.soon(), OBSERVED_SETTLE_MS).unref();
      },
      { everyMs: OBSERVED_MS, settleMs: OBSERVED_SETTLE_MS, log: this.#log },
    );
    const memory = new MemoryKeeper();
    intake.onEvents = () => memory.note();
    intake.onBans = () => observed.soon();
    intake.onPause = () => status.soon();
    for (const source of sources) source.onHealth = () => status.soon();

    const desk = new OrderDesk(
      this.#state,
      { hostId: identity.hostId, appKey: identity.appKey, nowMs: () => client.nowMs(), log: this.#log },
      {
        command: async (order) => {
          const by = {
            enforcer: this.#enforcer,
            report: (report: Report) => reports.add(report),
            refusal: async (prefix: string) => await keeper.refusalToBlock(prefix),
            now: Date.now,
          };
          const outcome = await carryOutCommand(order, by);
          observed.soon();
          return outcome;
        },
        rules: async (order) => {
          if (!(await keeper.take(order))) stream.reconnect();
          observed.soon();
          status.soon();
        },
        repeat: (outcome) => reports.add(outcome),
      },
    );
    this.#desk = desk;
    const stream: OrderStream = new OrderStream({
      client,
      log: this.#log,
      listener: {
        rulesGeneration: () => keeper.generation,
        onOpen: () => {
          this.#log(`Connected to Banwatch at ${identity.server}, as the host ${identity.hostName}.`);
          shipper.hurry();
          reports.hurry();
          status.soon();
          observed.soon();
        },
        onOrder: (jws) => desk.take(jws),
      },
    });

    await firstEnd(end, [
      ...sources.map((source) => source.run(stop, { once: false })),
      shipper.run(stop, { once: false }),
      reports.run(stop),
      stream.run(stop),
      status.run(stop),
      observed.run(stop),
      keepChecking(keeper, stop),
    ]);
  }
}

/** Runs all until one fails or all have ended; then none goes on. */
async function firstEnd(end: AbortController, runs: Promise<void>[]): Promise<void> {
  try {
    await Promise.all(runs);
  } finally {
    end.abort();
    await Promise.allSettled(runs);
  }
}

/** Tries for a minute: an app that restarts just now hasn't been cut off. */
async function reachesApp(host: HostParts, stop: AbortSignal): Promise<Reach> {
  const deadline = performance.now() + REACH_PATIENCE_MS;
  while (!stop.aborted) {
    try {
      await sendStatus(host, stop, 5_000);
      return "reached";
    } catch (error) {
      if (error instanceof Refused) return "reached";
      if (stop.aborted) return "unknown";
      if (Date.now() >= deadline) return "cut off";
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return "unknown";
}

function asProblem(error: unknown): unknown {
  if (error instanceof Revoked || (error instanceof Refused && error.code === "key_revoked")) {
    return new Problem(
      "This host was removed from Banwatch: the agent stops. Its rules stay in the firewall (nft delete table inet banwatch removes them).",
      { cause: error },
    );
  }
  if (error instanceof Refused) {
    return new Problem(`Banwatch refused this host: ${error.message}`, { cause: error });
  }
  if (error instanceof Unreachable) {
    return new Problem(`Banwatch can't be reached: ${error.message}`, { cause: error });
  }
  return error;
}
