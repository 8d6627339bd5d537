import type { LiveMessage } from "../../lib/live/live-message.ts";

export type Topic = LiveMessage["topic"];
export type LiveStatus = { state: "live" | "waiting" | "offline"; sinceMs: number | null };

type Listener = { onMessage: (message: LiveMessage) => void; onResync: () => void };

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 15_000;

/**
 * The one stream of this tab, open while anybody listens. After a break everybody is told to fetch again, so that a
 * gap is filled from the server and not from messages that were missed.
 */
class LiveConnection {
  #source: EventSource | null = null;
  #listeners = new Set<Listener>();
  #watchers = new Set<() => void>();
  #status: LiveStatus = { state: "waiting", sinceMs: null };
  #retryMs = RETRY_FIRST_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#source === null) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  watchStatus = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  };

  status = (): LiveStatus => this.#status;

  #open(): void {
    const source = new EventSource("/api/live");
    this.#source = source;
    source.addEventListener("open", () => {
      this.#retryMs = RETRY_FIRST_MS;
      this.#setStatus({ state: "live", sinceMs: null });
      // Also at the first time: something may have happened since the server made the page.
      this.#resync();
    });
    source.addEventListener("message", (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as LiveMessage;
      for (const listener of this.#listeners) listener.onMessage(message);
    });
    source.addEventListener("resync", () => this.#resync());
    source.addEventListener("error", () => {
      if (this.#status.state !== "offline") this.#setStatus({ state: "offline", sinceMs: Date.now() });
      // The browser tries again by itself unless the server answered with an error.
      if (source.readyState === EventSource.CLOSED) this.#openLater();
    });
  }

  #openLater(): void {
    this.#source?.close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#listeners.size > 0) this.#open();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LAST_MS);
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #resync(): void {
    for (const listener of this.#listeners) listener.onResync();
  }

  #setStatus(status: LiveStatus): void {
    this.#status = status;
    for (const watcher of this.#watchers) watcher();
  }
}

let connection: LiveConnection | undefined;

export function liveConnection(): LiveConnection {
  connection ??= new LiveConnection();
  return connection;
}
