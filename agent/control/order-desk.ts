import { createHash } from "node:crypto";
import { type CryptoKey, decodeJwt } from "jose";
import * as z from "zod";
import { Problem } from "../../lib/error/problem.ts";
import { verifyOrder } from "../../lib/wire/signed-order.ts";
import type { CommandOrder, Order, Report, RulesOrder } from "../../lib/wire/wire.ts";
import { type Log, sayOnce } from "./agent-log.ts";
import type { StateDirectory } from "./state-directory.ts";
import { wordsOf } from "./words.ts";

const FILE = "orders.json";
const seenSchema = z.object({
  /** When the newest rules that were taken were signed, in seconds. */
  rulesIssuedAt: z.number(),
  /** The newest generation of rules that was taken. */
  rulesGeneration: z.number().default(0),
  /** The newest time that the app has put its signature to. */
  signedAtMs: z.number().default(0),
  /** SHA-256 of each order that was taken, and when it is void anyway. */
  orders: z.record(z.string(), z.number()),
  /** How each command ended, and when that may be forgotten. */
  commands: z.record(z.string(), z.object({ untilMs: z.number(), outcome: z.custom<Report>().nullable() })),
});
type Seen = z.infer<typeof seenSchema>;

/** How a command ended is told again for this long, should the app ask again. */
const REMEMBER_MS = 24 * 60 * 60 * 1000;
/** An order that is void by a time that isn't signed is known for this long nevertheless. */
const DOUBT_MS = 7 * 24 * 60 * 60 * 1000;
/** However many orders wait: each starts programs of its own. */
const AT_ONCE_MAX = 4;
/** The host's own clock may lag behind the app's by this much. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

export type OrderHandlers = {
  /** Carries out a command; the last thing that it reports is its outcome. */
  command(order: CommandOrder): Promise<Report>;
  rules(order: RulesOrder): Promise<void>;
  /** Tells the app once more how a command ended, or that it is not done at all. */
  repeat(outcome: Report): void;
};

/** Takes only what the app has signed for this host, in time, and not before. */
export class OrderDesk {
  readonly #state: StateDirectory;
  readonly #about: { hostId: string; appKey: CryptoKey; nowMs: () => number; log: Log };
  readonly #handlers: OrderHandlers;
  readonly #sayUnsaved: (sentence: string | null) => void;
  readonly #seen: Seen;
  readonly #known = new Set<string>();
  readonly #waiting: CommandOrder[] = [];
  readonly #running = new Set<string>();

  constructor(
    state: StateDirectory,
    about: { hostId: string; appKey: CryptoKey; nowMs: () => number; log: Log },
    handlers: OrderHandlers,
  ) {
    this.#state = state;
    this.#about = about;
    this.#handlers = handlers;
    this.#sayUnsaved = sayOnce(about.log);
    this.#seen = this.#load();
  }

  /** Returns once the order is taken or refused; what it asks for may go on after that. */
  async take(jws: string): Promise<void> {
    const order = await this.#verify(jws);
    if (order === null) return;
    const digest = createHash("sha256").update(jws).digest("base64url");
    if (this.#seen.orders[digest] !== undefined) {
      this.#about.log("An order was refused: it had been carried out before.");
      return;
    }
    const { exp = 0, iat = 0 } = decodeJwt(jws);
    if (order.type === "rules" && this.#isOutdated(order, iat)) {
      this.#refuseRules(order);
      return;
    }
    if (order.type === "rules") {
      this.#seen.rulesIssuedAt = iat;
      this.#seen.rulesGeneration = order.generation;
    }
    this.#seen.signedAtMs = Math.max(this.#seen.signedAtMs, iat * 1000);
    this.#seen.orders[digest] = exp * 1000;
    this.#save();
    if (order.type === "rules") await this.#handlers.rules(order);
    else this.#enqueue(order);
  }

  /**
   * The app's time. What tells it isn't signed, so it never lies before what the app did sign: a recorded order would
   * be in time again. But neither is it later than the host's own clock on that account: the app's may have been ahead
   * when it signed.
   */
  nowMs(): number {
    return Math.max(this.#about.nowMs(), this.#provenMs());
  }

  #provenMs(): number {
    return Math.min(this.#seen.signedAtMs, Date.now());
  }

  /**
   * Older than the rules in force? Generations say so, not clocks, which are set back. Only an app that was put back
   * from a backup goes back in generations; then all its rules come at once, signed after the last ones.
   */
  #isOutdated(order: RulesOrder, issuedAt: number): boolean {
    if (order.generation >= this.#seen.rulesGeneration) return false;
    if (order.base !== 0) return true;
    const latestMs = Date.now() + CLOCK_TOLERANCE_MS;
    const isAhead = this.#seen.rulesIssuedAt * 1000 > latestMs;
    const issuedBefore = isAhead ? (Date.now() - CLOCK_TOLERANCE_MS) / 1000 : this.#seen.rulesIssuedAt;
    return issuedAt < issuedBefore;
  }

  #refuseRules(order: RulesOrder): void {
    this.#about.log("An order was refused: newer rules are in force.");
    for (const { commandId } of order.rules) {
      if (commandId === undefined) continue;
      const detail = "This host holds newer rules than these, so it did not take them.";
      this.#handlers.repeat({ commandId, state: "failed", atMs: Date.now(), detail });
    }
  }

  #enqueue(order: CommandOrder): void {
    const { commandId } = order;
    if (this.#known.has(commandId)) return;
    // The app may ask again for what it hasn't heard the end of. What has ended is told again, not done again.
    const ended = this.#seen.commands[commandId];
    if (ended !== undefined && ended.outcome !== null) {
      this.#handlers.repeat(ended.outcome);
      return;
    }
    this.#known.add(commandId);
    this.#waiting.push(order);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#running.size < AT_ONCE_MAX) {
      // What is ordered for one address is done one after the other: the last order is how it stays.
      const next = this.#waiting.findIndex(({ prefix }) => !this.#running.has(prefix));
      const [order] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (order === undefined) return;
      this.#running.add(order.prefix);
      void this.#carryOut(order).finally(() => {
        this.#running.delete(order.prefix);
        this.#known.delete(order.commandId);
        this.#startWaiting();
      });
    }
  }

  async #carryOut(order: CommandOrder): Promise<void> {
    try {
      const outcome = await this.#handlers.command(order);
      const untilMs = this.#about.nowMs() + REMEMBER_MS;
      this.#seen.commands[order.commandId] = { untilMs, outcome };
      this.#save();
    } catch (error) {
      this.#about.log(`A command could not be carried out: ${wordsOf(error)}`);
    }
  }

  async #verify(jws: string): Promise<Order | null> {
    try {
      return await verifyOrder(this.#about.appKey, this.#about.hostId, jws, this.nowMs());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#about.log(`An order was refused, it is not a valid one of the app: ${why.slice(0, 200)}`);
      return null;
    }
  }

  #load(): Seen {
    const nothing = { rulesIssuedAt: 0, rulesGeneration: 0, signedAtMs: 0, orders: {}, commands: {} };
    try {
      return this.#state.readJson(FILE, seenSchema) ?? nothing;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // A host that no longer unbans because of it would be worse than an order that is carried out twice.
      this.#about.log("What is known of earlier orders is damaged and forgotten; this host goes on without.");
      return nothing;
    }
  }

  #save(): void {
    const nowMs = this.#about.nowMs();
    for (const [digest, expiresMs] of Object.entries(this.#seen.orders)) {
      // A time that isn't signed may be set back later, and the same order would be in time again.
      const isVoid = expiresMs < this.#provenMs() || expiresMs < nowMs - DOUBT_MS;
      if (isVoid) delete this.#seen.orders[digest];
    }
    for (const [id, { untilMs }] of Object.entries(this.#seen.commands)) {
      if (untilMs < nowMs) delete this.#seen.commands[id];
    }
    try {
      // Every order waits for this: an order that is carried out twice after a power failure does less harm.
      this.#state.writeJson(FILE, this.#seen, { durable: false });
      this.#sayUnsaved(null);
    } catch (error) {
      // A full disk is no reason to leave anybody locked out: it is remembered while the agent runs.
      this.#sayUnsaved(`Which orders were carried out can't be kept on disk: ${wordsOf(error)}`);
    }
  }
}
