import { cleanText } from "../event/clean-text.ts";
import type { SecurityEvent } from "../event/event.ts";
import type { Geo, Located } from "../geo/geo.ts";

/** Events number `firstSequence`, `firstSequence` + 1, … of one stream of one host. */
export type IncomingBatch = {
  hostId: string;
  /** 0: the agent's own; one number a file for imported files. */
  stream: number;
  firstSequence: number;
  events: SecurityEvent[];
  /** Whether bans of this host are current; those of imported files are long gone. */
  tracksBans: boolean;
};

/** An event as it is stored: its text is harmless, its time is not ahead, and its address is placed. */
export type PlacedEvent = {
  sequence: number;
  timeMs: number;
  event: SecurityEvent;
  detector: string;
  located: Located | null;
};

/** A clock may be this far ahead before its times are taken for the app's own. */
const MAX_AHEAD_MS = 5 * 60_000;

export function placeEvents(geo: Geo, batch: IncomingBatch, nowMs: number): PlacedEvent[] {
  const latestMs = nowMs + MAX_AHEAD_MS;
  return batch.events.map((received, index) => {
    const event = withHarmlessText(received);
    return {
      sequence: batch.firstSequence + index,
      timeMs: event.timeMs > latestMs ? nowMs : event.timeMs,
      event,
      detector: detectorOf(event),
      located: event.sourceIp === undefined ? null : geo.locate(event.sourceIp),
    };
  });
}

/** What noticed it: fail2ban's jail, or for other sources the source's name. */
function detectorOf(event: SecurityEvent): string {
  return event.jail ?? event.source;
}

const TEXT_FIELDS = ["userName", "jail", "method", "prefix", "inInterface", "transport", "reason"] as const;

/** The agent cleans its text already; what comes over the wire is not trusted to be. */
function withHarmlessText(event: SecurityEvent): SecurityEvent {
  let clean = event;
  for (const field of TEXT_FIELDS) {
    const value = event[field];
    if (value === undefined) continue;
    // Names that the database would hold for the same must be the same before sums are made.
    const harmless = cleanText(value, value.length);
    if (harmless !== value) clean = { ...clean, [field]: harmless };
  }
  return clean;
}
