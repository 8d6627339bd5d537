import type { EventKind } from "../../lib/event/event.ts";
import type { FeedRow } from "../../lib/query/feed.ts";
import type { GlyphName } from "../ui/glyph.tsx";
import { span, whole } from "../charts/format.ts";

export const KIND_GLYPH: Record<EventKind, GlyphName> = {
  attempt: "attempt",
  blocked: "dropped",
  allowed: "other",
  scan: "attempt",
  ban: "ban",
  unban: "unban",
  restore: "ban",
  flush: "unban",
  login: "other",
  lifecycle: "other",
};

/** What happened, in the words of a page. */
export function eventSentence(row: FeedRow): string {
  const times = row.count > 1 ? `${whole(row.count)} ` : "";
  switch (row.kind) {
    case "attempt":
      return row.count > 1 ? `${times}failed attempts` : "Failed attempt";
    case "blocked":
      return row.count > 1 ? `${times}packets dropped` : "Packet dropped";
    case "allowed":
      return row.count > 1 ? `${times}packets let in` : "Packet let in";
    case "scan":
      return "Port scan";
    case "ban":
      return row.durationSeconds === null
        ? "Banned"
        : row.durationSeconds < 0
          ? "Banned without end"
          : `Banned for ${span(row.durationSeconds * 1000)}`;
    case "unban":
      return "Ban lifted";
    case "restore":
      return "Ban put back after a restart";
    case "flush":
      return "All bans of the jail lifted";
    case "login":
      return "Logged in";
    case "lifecycle":
      return "Jail started or stopped";
    default:
      return row.kind satisfies never;
  }
}

/** The groups that the feed is filtered by. */
export const KIND_GROUPS = [
  { value: "all", label: "Everything", kinds: [] },
  { value: "attacks", label: "Attacks", kinds: ["attempt", "blocked"] },
  { value: "bans", label: "Bans", kinds: ["ban", "unban", "restore", "flush"] },
  { value: "logins", label: "Logins", kinds: ["login"] },
  { value: "other", label: "Other", kinds: ["scan", "allowed", "lifecycle"] },
] as const satisfies readonly { value: string; label: string; kinds: readonly EventKind[] }[];

export type KindGroup = (typeof KIND_GROUPS)[number]["value"];
