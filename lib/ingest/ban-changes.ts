import type { PlacedEvent } from "./incoming-batch.ts";

/** A ban that a batch ends with. */
export type BanPut = {
  address: string;
  jail: string;
  sinceMs: number;
  /** Null: without end, or not known when `untilKnown` is false. */
  untilMs: number | null;
  untilKnown: boolean;
  /** It was put back after a restart: an older beginning that is stored stays. */
  restored: boolean;
};

/** What a batch does to a host's bans: first flush, then lift, then put. */
export type BanChanges = {
  flushedJails: string[];
  lifted: { address: string; jail: string }[];
  put: BanPut[];
};

/** fail2ban's bans as the batch leaves them: for one address in one jail, the last event wins. */
export function banChanges(events: readonly PlacedEvent[], nowMs: number): BanChanges {
  const flushed = new Set<string>();
  const jails = new Map<string, Map<string, BanPut | null>>();
  for (const placed of events) {
    const { kind, source, jail, sourceIp } = placed.event;
    if (source !== "fail2ban" || jail === undefined) continue;
    if (kind === "flush") {
      flushed.add(jail);
      jails.delete(jail);
      continue;
    }
    if (sourceIp === undefined || (kind !== "ban" && kind !== "restore" && kind !== "unban")) continue;
    const addresses = jails.get(jail) ?? new Map<string, BanPut | null>();
    jails.set(jail, addresses);
    addresses.set(
      sourceIp,
      kind === "unban" ? null : afterBan(placed, sourceIp, jail, addresses.get(sourceIp), nowMs),
    );
  }
  const changes: BanChanges = { flushedJails: [...flushed].toSorted(), lifted: [], put: [] };
  for (const [jail, addresses] of jails) {
    for (const [address, put] of addresses) {
      if (put === null) changes.lifted.push({ address, jail });
      else changes.put.push(put);
    }
  }
  return changes;
}

/** Null when the ban is over already: its end is known and past. */
function afterBan(
  { event, timeMs }: PlacedEvent,
  address: string,
  jail: string,
  before: BanPut | null | undefined,
  nowMs: number,
): BanPut | null {
  const restored = event.kind === "restore";
  const continued = restored && before !== null && before !== undefined;
  const untilMs = endOf(timeMs, event.durationSeconds);
  if (untilMs !== null && untilMs <= nowMs) return null;
  return {
    address,
    jail,
    sinceMs: continued ? before.sinceMs : timeMs,
    untilMs,
    untilKnown: event.durationSeconds !== undefined,
    restored: continued ? before.restored : restored,
  };
}

/** The last instant that a JavaScript date holds; a later end is no end. */
const LAST_MS = 8_640_000_000_000_000;

function endOf(sinceMs: number, durationSeconds: number | undefined): number | null {
  if (durationSeconds === undefined || durationSeconds === -1) return null;
  const untilMs = sinceMs + durationSeconds * 1000;
  return untilMs > LAST_MS ? null : untilMs;
}
