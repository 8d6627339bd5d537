const BUFFER_MAX = 512 * 1024 * 1024;

export type ServerSentEvent = { event: string; data: string };

/**
 * The events of a stream (WHATWG HTML, "server-sent events"), and `null` for each comment: a sign of life.
 * Line breaks are `\n` or `\r\n`. It ends with the stream, or when `stop` is aborted.
 *
 * The signal that the request was made with is not enough for that: once garbage was collected, Node's fetch may not
 * hear it any more, and a read that is waited for would never end.
 */
export async function* readEventStream(
  stream: ReadableStream<Uint8Array>,
  stop: AbortSignal,
): AsyncGenerator<ServerSentEvent | null> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  if (stop.aborted) cancel();
  stop.addEventListener("abort", cancel, { once: true });
  try {
    yield* eventsOf(reader);
  } finally {
    stop.removeEventListener("abort", cancel);
    cancel();
  }
}

async function* eventsOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<ServerSentEvent | null> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let buffered = 0;
  let event = "message";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = decoder.decode(value, { stream: true });
    buffered += text.length;
    if (buffered > BUFFER_MAX) throw new Error("an event of the stream is too long");
    parts.push(text);
    if (!text.includes("\n")) continue;
    const lines = parts.join("").split("\n");
    const rest = lines.pop()!;
    parts = rest === "" ? [] : [rest];
    buffered = rest.length;
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (data.length > 0) yield { event, data: data.join("\n") };
        event = "message";
        data = [];
      } else if (line.startsWith(":")) {
        yield null;
      } else if (line.startsWith("event:")) {
        event = line.slice(6).trim();
      } else if (line.startsWith("data:")) {
        data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
      }
    }
  }
}
