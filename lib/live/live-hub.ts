import pg from "pg";
import { connections } from "../db/client.ts";
import type { LiveMessage } from "./live-message.ts";
import { LIVE_CHANNEL } from "./publish.ts";

type Listener = { onMessage: (message: LiveMessage) => void; onGap: () => void };

/** Hands every message that any instance publishes to whoever listens in this process. */
export type LiveHub = {
  /**
   * `onGap` is called when messages may have been missed: after the connection to the database was lost and is back,
   * and once after the very first connection. The answer ends the subscription.
   */
  subscribe(listener: (message: LiveMessage) => void, onGap: () => void): () => void;
  close(): Promise<void>;
};

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** A connection that died without a word is found by asking something. */
const PROBE_EVERY_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;

/** The hub of this process, made at first use. */
export function liveHub(): LiveHub {
  const holder = globalThis as typeof globalThis & { banwatchLiveHub?: LiveHub };
  holder.banwatchLiveHub ??= createLiveHub(connections().pool.options.connectionString ?? "");
  return holder.banwatchLiveHub;
}

/** One listening connection, however many listeners; made at the first subscription, and again whenever it breaks. */
export function createLiveHub(databaseUrl: string): LiveHub {
  const listeners = new Set<Listener>();
  let client: pg.Client | null = null;
  let retryMs = FIRST_RETRY_MS;
  let retry: NodeJS.Timeout | undefined;
  let probe: NodeJS.Timeout | undefined;
  let started = false;
  let closed = false;

  const open = async () => {
    const connecting = new pg.Client({
      connectionString: databaseUrl,
      application_name: "banwatch-live",
      keepAlive: true,
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      query_timeout: PROBE_TIMEOUT_MS,
    });
    client = connecting;
    connecting.on("error", () => lost(connecting));
    connecting.on("end", () => lost(connecting));
    connecting.on("notification", ({ payload }) => hand(listeners, payload));
    try {
      await connecting.connect();
      await connecting.query(`listen ${LIVE_CHANNEL}`);
    } catch {
      lost(connecting);
      return;
    }
    if (client !== connecting) return;
    retryMs = FIRST_RETRY_MS;
    probe = setInterval(() => {
      connecting.query("select").catch(() => lost(connecting));
    }, PROBE_EVERY_MS);
    probe.unref();
    for (const listener of listeners) listener.onGap();
  };

  const lost = (which: pg.Client) => {
    if (client !== which) return;
    client = null;
    clearInterval(probe);
    which.end().catch(() => undefined);
    if (closed) return;
    retry = setTimeout(() => void open(), retryMs);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };

  return {
    subscribe(onMessage, onGap) {
      const listener = { onMessage, onGap };
      listeners.add(listener);
      if (!started) {
        started = true;
        void open();
      }
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(probe);
      listeners.clear();
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}

/** One listener that fails must not keep the message from the others. */
function hand(listeners: ReadonlySet<Listener>, payload: string | undefined): void {
  if (payload === undefined) return;
  // Only `publish` writes to this channel.
  const message = JSON.parse(payload) as LiveMessage;
  for (const listener of listeners) {
    try {
      listener.onMessage(message);
    } catch (error) {
      console.error("A listener of the live stream failed:", error);
    }
  }
}
