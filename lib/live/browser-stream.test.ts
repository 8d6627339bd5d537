import { expect, test } from "vitest";
import { AppError } from "../error/app-error.ts";
import { browserStream } from "./browser-stream.ts";
import type { LiveMessage } from "./live-message.ts";

/** A hub that a test speaks through, and can ask how many listen. */
function createHub() {
  const listeners = new Set<{ onMessage: (message: LiveMessage) => void; onGap: () => void }>();
  return {
    subscribe(onMessage: (message: LiveMessage) => void, onGap: () => void) {
      const listener = { onMessage, onGap };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say: (message: LiveMessage) => listeners.forEach((listener) => listener.onMessage(message)),
    gap: () => listeners.forEach((listener) => listener.onGap()),
    get count() {
      return listeners.size;
    },
  };
}

const bans: LiveMessage = { topic: "bans", hostId: "one" };
const noAbort = new AbortController().signal;
const allowed = async () => undefined;

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

test("messages and gaps reach the browser, an agent's orders do not", async () => {
  const hub = createHub();
  const reader = browserStream({ hub, authorise: allowed, signal: noAbort }).getReader();
  expect(await readText(reader)).toBe("retry: 1000\n\n");
  hub.say({ topic: "orders", hostId: "one" });
  hub.say(bans);
  expect(await readText(reader)).toBe(`event: message\ndata: ${JSON.stringify(bans)}\n\n`);
  hub.gap();
  expect(await readText(reader)).toBe("event: resync\ndata: {}\n\n");
  await reader.cancel();
  expect(hub.count).toBe(0);
});

test("a browser that reads too slowly is told to ask again instead of being queued for", async () => {
  const hub = createHub();
  const reader = browserStream({
    hub,
    authorise: allowed,
    signal: noAbort,
    maxWaitingBytes: 200,
  }).getReader();
  await readText(reader);
  for (let number = 0; number < 1_000; number += 1) hub.say(bans);
  const texts: string[] = [];
  while (!texts.includes("event: resync\ndata: {}\n\n")) texts.push(await readText(reader));
  expect(texts.length).toBeLessThan(10);
  hub.say(bans);
  expect(await readText(reader)).toContain('"topic":"bans"');
  await reader.cancel();
});

test("a browser that is gone leaves nothing behind", async () => {
  const hub = createHub();
  const abort = new AbortController();
  const reader = browserStream({ hub, authorise: allowed, signal: abort.signal }).getReader();
  await readText(reader);
  expect(hub.count).toBe(1);
  abort.abort();
  expect(hub.count).toBe(0);
  expect(await reader.read()).toMatchObject({ done: true });
});

test("the stream of a session that has ended ends, that of a database which is away does not", async () => {
  const hub = createHub();
  const answers = [new Error("connection refused"), new AppError("not_signed_in", "Your session has ended.")];
  const stream = browserStream({
    hub,
    authorise: () => Promise.reject(answers.shift()),
    signal: noAbort,
    authoriseEveryMs: 5,
  });
  const reader = stream.getReader();
  await readText(reader);
  expect(await reader.read()).toMatchObject({ done: true });
  expect(answers).toEqual([]);
  expect(hub.count).toBe(0);
});

test("says that it is still there", async () => {
  const stream = browserStream({ hub: createHub(), authorise: allowed, signal: noAbort, heartbeatMs: 5 });
  const reader = stream.getReader();
  await readText(reader);
  expect(await readText(reader)).toMatch(/^:/);
  await reader.cancel();
});
