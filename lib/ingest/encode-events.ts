import { CopyWriter } from "./copy-writer.ts";
import type { PlacedEvent } from "./incoming-batch.ts";

/** The columns in the order in which `encodeEvents` writes them. */
export const COPY_EVENTS = `copy event (host_id, stream, sequence, time, kind, source, count, source_ip, source_port,
  destination_ip, destination_port, transport, user_name, method, jail, prefix, in_interface, duration_seconds, reason)
  from stdin (format binary)`;
const COLUMNS = 19;

/** The rows of `event` in PostgreSQL's binary COPY format: about twice as fast to take in as text. */
export function encodeEvents(hostId: string, stream: number, events: readonly PlacedEvent[]): Buffer {
  const writer = new CopyWriter(events.length * 200 + 64);
  const host = Buffer.from(hostId.replaceAll("-", ""), "hex");
  for (const { sequence, timeMs, event } of events) {
    writer.startRow(COLUMNS);
    writer.bytes(host);
    writer.int8(stream);
    writer.int8(sequence);
    writer.instant(timeMs);
    writer.text(event.kind);
    writer.text(event.source);
    writer.int4(event.count);
    writer.inet(event.sourceIp);
    writer.int4(event.sourcePort);
    writer.inet(event.destinationIp);
    writer.int4(event.destinationPort);
    writer.text(event.transport);
    writer.text(event.userName);
    writer.text(event.method);
    writer.text(event.jail);
    writer.text(event.prefix);
    writer.text(event.inInterface);
    writer.int8(event.durationSeconds);
    writer.text(event.reason);
  }
  return writer.end();
}
