import { eq } from "drizzle-orm";
import { commandsDue } from "../command/commands-due.ts";
import type { Connections } from "../db/client.ts";
import { host } from "../db/schema/index.ts";
import { instance } from "../instance/instance.ts";
import type { LiveHub } from "../live/live-hub.ts";
import { rulesSince } from "../rule/rules-since.ts";
import { signOrder } from "../wire/signed-order.ts";
import { type Order, STREAM_EVENTS, STREAM_HEARTBEAT_MS } from "../wire/wire.ts";

/** Rules are void for an agent that gets them later than this: it connects again and gets them anew. */
const RULES_TTL_MS = 10 * 60 * 1000;

/**
 * The host's orders as server-sent events, for as long as the agent listens: at first all that it hasn't reported as
 * done, then whatever comes. An agent may get an order twice, on two connections; it knows it by its id.
 *
 * `generation` is that of the rules which the agent holds.
 */
export function orderStream(
  from: { connections: Connections; hub: LiveHub; now: () => number },
  hostId: string,
  generation: number,
): ReadableStream<Uint8Array> {
  let stop: () => void = () => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stop = follow(from, hostId, generation, {
        send: (text) => controller.enqueue(new TextEncoder().encode(text)),
        end: () => controller.close(),
      });
    },
    cancel: () => stop(),
  });
}

type Listener = { send: (text: string) => void; end: () => void };

function follow(
  from: { connections: Connections; hub: LiveHub; now: () => number },
  hostId: string,
  generation: number,
  listener: Listener,
): () => void {
  const sent = new Set<string>();
  let held = generation;
  let isFirst = true;
  let ended = false;
  let looking = false;
  let lookAgain = false;

  const unsubscribe = from.hub.subscribe(
    (message) => {
      if (message.topic === "orders" && message.hostId === hostId) void look();
    },
    () => void look(),
  );
  const heartbeat = setInterval(() => send(": still here\n\n"), STREAM_HEARTBEAT_MS);
  send(event(STREAM_EVENTS.hello, JSON.stringify({ serverTimeMs: from.now() })));
  void look();
  return stop;

  function stop(): void {
    ended = true;
    clearInterval(heartbeat);
    unsubscribe();
  }

  function send(text: string): void {
    if (ended) return;
    try {
      listener.send(text);
    } catch {
      // The agent is gone, and the framework closed the stream without a word.
      stop();
    }
  }

  /** One look at a time; a message that comes meanwhile is not lost, it makes for one more look. */
  async function look(): Promise<void> {
    lookAgain = true;
    if (looking) return;
    looking = true;
    try {
      while (lookAgain) {
        lookAgain = false;
        if (!ended) await lookOnce();
      }
    } catch (error) {
      // The agent connects again and gets everything anew.
      console.error(`The stream of host ${hostId} was cut:`, error);
      finish();
    } finally {
      looking = false;
    }
  }

  async function lookOnce(): Promise<void> {
    if (await isRevoked(from.connections, hostId)) {
      send(event(STREAM_EVENTS.revoked, "{}"));
      finish();
      return;
    }
    const rules = await rulesSince(from.connections, hostId, held, { repeatOpen: isFirst });
    const isNews = rules.rules.length > 0 || (isFirst && rules.base === 0);
    if (isNews) await sendOrder(rules, from.now() + RULES_TTL_MS);
    held = rules.generation;
    isFirst = false;
    for (const due of await commandsDue(from.connections, hostId, from.now())) {
      if (sent.has(due.order.commandId)) continue;
      sent.add(due.order.commandId);
      await sendOrder(due.order, due.expiresAtMs);
    }
  }

  async function sendOrder(order: Order, expiresAtMs: number): Promise<void> {
    const { signingKey } = await instance(from.connections);
    send(
      event(
        STREAM_EVENTS.order,
        await signOrder(signingKey, hostId, order, { nowMs: from.now(), expiresAtMs }),
      ),
    );
  }

  function finish(): void {
    if (ended) return;
    stop();
    listener.end();
  }
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

async function isRevoked(connections: Connections, hostId: string): Promise<boolean> {
  const [found] = await connections.db
    .select({ revokedAt: host.revokedAt })
    .from(host)
    .where(eq(host.id, hostId));
  return found === undefined || found.revokedAt !== null;
}
