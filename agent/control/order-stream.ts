import * as z from "zod";
import { STREAM_EVENTS, STREAM_HEARTBEAT_MS, WIRE_PATHS } from "../../lib/wire/wire.ts";
import { type Log, sayOnce } from "./agent-log.ts";
import { type AppClient, Refused, Unreachable } from "./app-client.ts";
import { Backoff } from "./backoff.ts";
import { readEventStream } from "./event-stream.ts";

const SILENCE_MAX_MS = 3 * STREAM_HEARTBEAT_MS;
const helloSchema = z.object({ serverTimeMs: z.number() });

export type StreamListener = {
  /** The generation of the rules that this host holds, asked for at each connection. */
  rulesGeneration(): number;
  onOpen(): void;
  /** In the order in which they came; the next waits until this one is taken. */
  onOrder(jws: string): Promise<void>;
};

/** The app removed this host. */
export class Revoked extends Error {
  constructor() {
    super("This host was removed from Banwatch");
    this.name = "Revoked";
  }
}

/** Holds the stream of orders open: what breaks is opened again, quickly at first. */
export class OrderStream {
  readonly #client: AppClient;
  readonly #listener: StreamListener;
  readonly #say: (sentence: string | null) => void;
  readonly #backoff = new Backoff({ firstMs: 250, maxMs: 30_000 });
  #connection: AbortController | null = null;

  constructor(about: { client: AppClient; listener: StreamListener; log: Log }) {
    this.#client = about.client;
    this.#listener = about.listener;
    this.#say = sayOnce(about.log);
  }

  /** Listens until `stop`. Throws Revoked when the app wants nothing of this host any more. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.#listen(stop);
        this.#say(null);
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Revoked) throw error;
        if (error instanceof Refused && error.code === "key_revoked") throw new Revoked();
        const why = error instanceof Error ? error.message : String(error);
        this.#say(`Banwatch at ${this.#client.server.origin} is not there: ${why}. It is tried again.`);
      }
      await this.#backoff.wait(stop);
    }
  }

  /** Connects anew, to say what this host holds and hear what it lacks. */
  reconnect(): void {
    this.#connection?.abort();
  }

  async #listen(stop: AbortSignal): Promise<void> {
    const connection = new AbortController();
    this.#connection = connection;
    const end = () => connection.abort();
    stop.addEventListener("abort", end, { once: true });
    let silence = setTimeout(end, SILENCE_MAX_MS);
    try {
      const path = `${WIRE_PATHS.stream}?generation=${this.#listener.rulesGeneration()}`;
      const stream = await this.#client.openStream(path, connection.signal);
      for await (const event of readEventStream(stream, connection.signal)) {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MAX_MS);
        if (event === null) continue;
        switch (event.event) {
          case STREAM_EVENTS.hello: {
            const hello = helloSchema.safeParse(parseJson(event.data));
            if (hello.success) this.#client.correctClock(hello.data.serverTimeMs);
            this.#backoff.reset();
            this.#say(null);
            this.#listener.onOpen();
            break;
          }
          case STREAM_EVENTS.order:
            await this.#listener.onOrder(event.data);
            break;
          case STREAM_EVENTS.revoked:
            throw new Revoked();
        }
      }
      throw new Unreachable("the stream ended");
    } finally {
      clearTimeout(silence);
      stop.removeEventListener("abort", end);
      connection.abort();
      this.#connection = null;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
