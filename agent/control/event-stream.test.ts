import { expect, it } from "vitest";
import { readEventStream, type ServerSentEvent } from "./event-stream.ts";

const encoder = new TextEncoder();

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function read(stream: ReadableStream<Uint8Array>, stop = new AbortController().signal) {
  const events: (ServerSentEvent | null)[] = [];
  for await (const event of readEventStream(stream, stop)) events.push(event);
  return events;
}

it("reads events, wherever they are cut, and takes comments for signs of life", async () => {
  const chunks = [
    ": hi\n\nevent: or",
    "der\r\ndata: a",
    "\r\ndata: b\r\n\r\n",
    "data: c\n\nevent: lost\ndata: x",
  ];
  expect(await read(streamOf(...chunks))).toEqual([
    null,
    { event: "order", data: "a\nb" },
    { event: "message", data: "c" },
  ]);
});

it("ends when it is told to, though the stream never says anything more", async () => {
  const stop = new AbortController();
  let cancelled = false;
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("data: one\n\n")),
    cancel: () => void (cancelled = true),
  });
  const events: (ServerSentEvent | null)[] = [];
  for await (const event of readEventStream(silent, stop.signal)) {
    events.push(event);
    // While the next read is already waited for.
    setImmediate(() => stop.abort());
  }
  expect(events).toHaveLength(1);
  expect(cancelled).toBe(true);
});

it("reads nothing when it was told to stop before", async () => {
  expect(await read(streamOf("data: one\n\n"), AbortSignal.abort())).toEqual([]);
});
