import type { SecurityEvent } from "../../lib/event/event.ts";

const COUNT_MAX = 1_000_000_000;

/**
 * One event for all of the same kind, jail and address within the same span: the counts stay exact, the detail goes.
 * The order of the first of each is kept.
 */
export function mergeEvents(events: readonly SecurityEvent[], spanMs: number): SecurityEvent[] {
  const merged = new Map<string, SecurityEvent>();
  for (const event of events) {
    const span = Math.floor(event.timeMs / spanMs);
    const key = `${span} ${event.source} ${event.kind} ${event.sourceIp ?? event.userName ?? ""} ${event.jail ?? ""} ${event.destinationPort ?? ""}`;
    const known = merged.get(key);
    if (known !== undefined && known.count + event.count <= COUNT_MAX) known.count += event.count;
    else merged.set(key, { ...event });
  }
  return [...merged.values()];
}
