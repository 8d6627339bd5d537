import * as z from "zod";
import { BATCH_MAX_EVENTS, WIRE_PATHS, WIRE_VERSION } from "../../lib/wire/wire.ts";
import { type Log, sayOnce } from "../control/agent-log.ts";
import { type AppClient, Refused, Unreachable } from "../control/app-client.ts";
import { Backoff } from "../control/backoff.ts";
import type { Spool, SpooledBatch } from "./spool.ts";

const answerSchema = z.object({ highWater: z.int().min(0) });

/** Sends what is in the spool, in order, one batch at a time, as soon as there is something. */
export class Shipper {
  readonly #spool: Spool;
  readonly #client: AppClient;
  readonly #log: Log;
  readonly #say: (sentence: string | null) => void;
  readonly #backoff = new Backoff({ firstMs: 250, maxMs: 30_000 });
  /** The most that the app takes in one batch. */
  #maxEvents = BATCH_MAX_EVENTS;
  /** The most that is sent while one event is looked for that the app can't read. */
  #suspects = BATCH_MAX_EVENTS;

  constructor(about: { spool: Spool; client: AppClient; log: Log }) {
    this.#spool = about.spool;
    this.#client = about.client;
    this.#log = about.log;
    this.#say = sayOnce(about.log);
  }

  /** The app is there again. */
  hurry(): void {
    this.#backoff.hurry();
  }

  /**
   * Sends until `stop`; with `once`, until the spool is empty. Throws Refused when the app refuses this host for good
   * (`key_revoked`), with `once` also the first other failure.
   */
  async run(stop: AbortSignal, options: { once: boolean }): Promise<void> {
    while (!stop.aborted) {
      const batch = this.#spool.next(Math.min(this.#maxEvents, this.#suspects));
      if (batch === null) {
        if (options.once) return;
        await this.#spool.waitForEvents(stop);
        continue;
      }
      try {
        await this.#send(batch, stop);
        this.#backoff.reset();
        this.#say(null);
      } catch (error) {
        if (stop.aborted) return;
        const isWire = error instanceof Refused || error instanceof Unreachable;
        if (!isWire || options.once || isFinal(error)) throw error;
        this.#say(`Events can't be sent and wait on disk: ${error.message}`);
        await this.#backoff.wait(stop);
      }
    }
  }

  async #send(batch: SpooledBatch, stop: AbortSignal): Promise<void> {
    await this.#spool.sync();
    const last = batch.firstSequence + batch.events.length - 1;
    try {
      const message = { version: WIRE_VERSION, firstSequence: batch.firstSequence, events: batch.events };
      const answer = answerSchema.safeParse(await this.#client.post(WIRE_PATHS.batches, message, stop));
      if (!answer.success) throw new Unreachable("the answer is not one of Banwatch");
      this.#acknowledge(answer.data.highWater, last);
      this.#suspects = Math.min(BATCH_MAX_EVENTS, this.#suspects * 2);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#takeRefusal(error, batch, last);
    }
  }

  #takeRefusal(refusal: Refused, batch: SpooledBatch, last: number): void {
    const highWater = z.int().min(0).safeParse(refusal.detail.highWater);
    if (refusal.code === "batch_repeated") {
      this.#acknowledge(highWater.success ? highWater.data : last, last);
      return;
    }
    if (refusal.code === "sequence_gap" && highWater.success) {
      if (highWater.data >= batch.firstSequence - 1) throw refusal;
      this.#spool.rewind(highWater.data);
      return;
    }
    if (refusal.code === "batch_too_large" && batch.events.length > 1) {
      this.#maxEvents = Math.max(1, Math.floor(batch.events.length / 2));
      return;
    }
    if (refusal.code === "batch_malformed") {
      this.#narrowDown(refusal, batch);
      return;
    }
    throw refusal;
  }

  /** Half as many the next time, until the event that the app can't read stands alone, and is dropped. */
  #narrowDown(refusal: Refused, batch: SpooledBatch): void {
    if (batch.events.length > 1) {
      this.#suspects = Math.floor(batch.events.length / 2);
      return;
    }
    const { source, kind } = batch.events[0]!;
    this.#log(`The app can't read an event (${source}, ${kind}), which is dropped: ${refusal.message}`);
    this.#spool.drop();
  }

  #acknowledge(highWater: number, last: number): void {
    if (highWater < this.#spool.acknowledged) throw new Unreachable("the app acknowledged less than before");
    if (highWater < last) this.#log(`The app stored events only up to number ${highWater} of ${last}.`);
    this.#spool.acknowledge(highWater);
  }
}

/** Whether trying again can't help. */
function isFinal(error: unknown): boolean {
  return error instanceof Refused && error.code === "key_revoked";
}
