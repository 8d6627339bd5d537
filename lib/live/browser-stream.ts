import { AppError } from "../error/app-error.ts";
import type { LiveHub } from "./live-hub.ts";
import type { LiveMessage } from "./live-message.ts";

export type BrowserStreamOptions = {
  hub: Pick<LiveHub, "subscribe">;
  /** Throws an AppError when the person may no longer listen (the session has ended). */
  authorise: () => Promise<unknown>;
  /** Aborted when the browser is gone. */
  signal: AbortSignal;
  heartbeatMs?: number;
  authoriseEveryMs?: number;
  /** What may wait for a slow browser; beyond it, messages are dropped and it is told to ask again. */
  maxWaitingBytes?: number;
};

const HEARTBEAT_MS = 10_000;
const AUTHORISE_EVERY_MS = 30_000;
const MAX_WAITING_BYTES = 256 * 1024;

/**
 * Live messages as server-sent events: `message` with a LiveMessage as data, `resync` when messages were missed, and
 * comments so that both sides notice a dead connection.
 */
export function browserStream(options: BrowserStreamOptions): ReadableStream<Uint8Array> {
  const { hub, authorise, signal } = options;
  const encoder = new TextEncoder();
  let stop: () => void = () => undefined;
  let behind = false;

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        const hasRoom = () => (controller.desiredSize ?? 0) > 0;
        const unsubscribe = hub.subscribe(
          (message) => {
            if (message.topic === "orders" || behind) return;
            if (hasRoom()) send(messageText(message));
            else behind = true;
          },
          () => {
            if (hasRoom()) send(RESYNC);
            else behind = true;
          },
        );
        const heartbeat = setInterval(() => {
          if (hasRoom()) send(COMMENT);
        }, options.heartbeatMs ?? HEARTBEAT_MS);
        const check = setInterval(() => {
          authorise().catch((error: unknown) => {
            // The database may be away for a moment: only a refusal ends the stream.
            if (error instanceof AppError && error.code !== "internal") end();
          });
        }, options.authoriseEveryMs ?? AUTHORISE_EVERY_MS);
        stop = () => {
          unsubscribe();
          clearInterval(heartbeat);
          clearInterval(check);
          signal.removeEventListener("abort", end);
        };
        const end = () => {
          stop();
          try {
            controller.close();
          } catch {
            // The browser was quicker.
          }
        };
        if (signal.aborted) return end();
        signal.addEventListener("abort", end);
        send(`retry: 1000\n\n`);
      },
      pull(controller) {
        if (!behind) return;
        behind = false;
        controller.enqueue(encoder.encode(RESYNC));
      },
      cancel() {
        stop();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: options.maxWaitingBytes ?? MAX_WAITING_BYTES }),
  );
}

const COMMENT = ": still here\n\n";
const RESYNC = "event: resync\ndata: {}\n\n";

function messageText(message: LiveMessage): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
