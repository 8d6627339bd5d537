import type { EventKind } from "../event/event.ts";

/** What is read of an event to tell the story of an address. */
export type StoryEvent = {
  timeMs: number;
  kind: EventKind;
  hostId: string;
  hostName: string;
  count: number;
  userName: string | null;
  durationSeconds: number | null;
};

/** A stretch of time with the same story: an hour of the last day, or a day before that; a login stands alone. */
export type StoryEntry =
  | {
      kind: "attacks";
      fromMs: number;
      toMs: number;
      attacks: number;
      hostNames: string[];
      bans: number;
      /** The three names that were tried most. */
      userNames: string[];
    }
  | { kind: "login"; timeMs: number; hostName: string; userName: string | null; attacksBefore: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NAMES_SHOWN = 3;

/** Newest first. `events` in any order. */
export function tellStory(events: readonly StoryEvent[], nowMs: number): StoryEntry[] {
  const oldestFirst = events.toSorted((a, b) => a.timeMs - b.timeMs);
  const stretches = Map.groupBy(
    oldestFirst.filter((event) => event.kind !== "login" && TOLD.has(event.kind)),
    (event) => stretchOf(event.timeMs, nowMs),
  );
  const entries: StoryEntry[] = [...stretches.values()].map(summarise);
  let attacksBefore = 0;
  for (const event of oldestFirst) {
    if (isAttack(event)) attacksBefore += event.count;
    if (event.kind !== "login") continue;
    const { timeMs, hostName, userName } = event;
    entries.push({ kind: "login", timeMs, hostName, userName, attacksBefore });
  }
  return entries.toSorted((a, b) => lastOf(b) - lastOf(a));
}

const TOLD: ReadonlySet<EventKind> = new Set(["attempt", "blocked", "scan", "ban"]);

function stretchOf(timeMs: number, nowMs: number): string {
  const length = nowMs - timeMs < DAY_MS ? HOUR_MS : DAY_MS;
  return `${length} ${Math.floor(timeMs / length)}`;
}

function summarise(events: readonly StoryEvent[]): StoryEntry {
  const attacks = events.filter(isAttack);
  const byUser = new Map<string, number>();
  for (const event of attacks) {
    if (event.userName !== null) byUser.set(event.userName, (byUser.get(event.userName) ?? 0) + event.count);
  }
  return {
    kind: "attacks",
    fromMs: events[0]?.timeMs ?? 0,
    toMs: events.at(-1)?.timeMs ?? 0,
    attacks: attacks.reduce((sum, event) => sum + event.count, 0),
    hostNames: [...new Set(events.map((event) => event.hostName))],
    bans: events.filter((event) => event.kind === "ban").length,
    userNames: [...byUser]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, NAMES_SHOWN)
      .map(([name]) => name),
  };
}

function isAttack(event: StoryEvent): boolean {
  return event.kind === "attempt" || event.kind === "blocked";
}

function lastOf(entry: StoryEntry): number {
  return entry.kind === "login" ? entry.timeMs : entry.toMs;
}
