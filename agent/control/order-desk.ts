import { createHash } from "node:crypto";
import { type CryptoKey, decodeJwt } from "jose";
import * as z from "zod";
import { verifyOrder } from "../../lib/wire/signed-order.ts";
import type { CommandOrder, Order, Report, RulesOrder } from "../../lib/wire/wire.ts";
import type { Log } from "./agent-log.ts";
import type { StateDirectory } from "./state-directory.ts";

const FILE = "orders.json";
const seenSchema = z.object({
  /** When the newest rules that were taken were signed, in seconds. */
  rulesIssuedAt: z.number(),
  /** SHA-256 of each order that was taken, and when it is void anyway. */
  orders: z.record(z.string(), z.number()),
  /** How each command ended, and when that may be forgotten. */
  commands: z.record(z.string(), z.object({ untilMs: z.number(), outcome: z.custom<Report>().nullable() })),
});

/** How a command ended is told again for this long, should the app ask again. */
const REMEMBER_MS = 24 * 60 * 60 * 1000;

export type OrderHandlers = {
  /** Carries out a command; the last thing that it reports is its outcome. */
  command(order: CommandOrder): Promise<Report>;
  rules(order: RulesOrder): Promise<void>;
  /** Tells the app once more how a command ended. */
  repeat(outcome: Report): void;
};

/** Takes only what the app has signed for this host, in time, and not before. */
export class OrderDesk {
  readonly #state: StateDirectory;
  readonly #about: { hostId: string; appKey: CryptoKey; nowMs: () => number; log: Log };
  readonly #handlers: OrderHandlers;
  readonly #seen: z.infer<typeof seenSchema>;
  readonly #running = new Set<string>();

  constructor(
    state: StateDirectory,
    about: { hostId: string; appKey: CryptoKey; nowMs: () => number; log: Log },
    handlers: OrderHandlers,
  ) {
    this.#state = state;
    this.#about = about;
    this.#handlers = handlers;
    this.#seen = state.readJson(FILE, seenSchema) ?? { rulesIssuedAt: 0, orders: {}, commands: {} };
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
    if (order.type === "rules") {
      if (iat < this.#seen.rulesIssuedAt) {
        this.#about.log("An order was refused: newer rules are in force.");
        return;
      }
      this.#seen.rulesIssuedAt = iat;
    }
    this.#seen.orders[digest] = exp * 1000;
    this.#save();
    if (order.type === "rules") await this.#handlers.rules(order);
    else void this.#carryOut(order);
  }

  async #carryOut(order: CommandOrder): Promise<void> {
    const { commandId } = order;
    if (this.#running.has(commandId)) return;
    // The app may ask again for what it hasn't heard the end of. What has ended is told again, not done again.
    const known = this.#seen.commands[commandId];
    if (known !== undefined && known.outcome !== null) {
      this.#handlers.repeat(known.outcome);
      return;
    }
    this.#running.add(commandId);
    try {
      const outcome = await this.#handlers.command(order);
      this.#seen.commands[commandId] = { untilMs: this.#about.nowMs() + REMEMBER_MS, outcome };
      this.#save();
    } finally {
      this.#running.delete(commandId);
    }
  }

  async #verify(jws: string): Promise<Order | null> {
    try {
      return await verifyOrder(this.#about.appKey, this.#about.hostId, jws, this.#about.nowMs());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#about.log(`An order was refused, it is not a valid one of the app: ${why.slice(0, 200)}`);
      return null;
    }
  }

  #save(): void {
    const nowMs = this.#about.nowMs();
    for (const [digest, expiresMs] of Object.entries(this.#seen.orders)) {
      if (expiresMs < nowMs) delete this.#seen.orders[digest];
    }
    for (const [id, { untilMs }] of Object.entries(this.#seen.commands)) {
      if (untilMs < nowMs) delete this.#seen.commands[id];
    }
    // Every order waits for this: an order that is carried out twice after a power failure does less harm.
    this.#state.writeJson(FILE, this.#seen, { durable: false });
  }
}
