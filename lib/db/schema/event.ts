import { bigint, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { EVENT_KINDS, EVENT_SOURCES } from "../../event/event.ts";
import { inet, instant } from "./columns.ts";

export const eventKind = pgEnum("event_kind", EVENT_KINDS);
export const eventSource = pgEnum("event_source", EVENT_SOURCES);

/**
 * What happened, as reported. Partitioned by week of `time` (UTC, Monday first): `event_y2026w47`; a partition is
 * created before the first batch that needs it. Those of three years before the database was made, and older ones, share
 * `event_older`. No page counts these rows.
 */
export const event = pgTable(
  "event",
  {
    hostId: uuid("host_id").notNull(),
    /** 0 for an agent's own stream; one number a file for imported files. */
    stream: bigint("stream", { mode: "number" }).notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    time: instant("time").notNull(),
    kind: eventKind("kind").notNull(),
    source: eventSource("source").notNull(),
    count: integer("count").notNull(),
    sourceIp: inet("source_ip"),
    sourcePort: integer("source_port"),
    destinationIp: inet("destination_ip"),
    destinationPort: integer("destination_port"),
    transport: text("transport"),
    userName: text("user_name"),
    method: text("method"),
    jail: text("jail"),
    prefix: text("prefix"),
    inInterface: text("in_interface"),
    durationSeconds: bigint("duration_seconds", { mode: "number" }),
    reason: text("reason"),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.stream, table.sequence, table.time] }),
    index("event_time").on(table.time.desc()),
    index("event_source_ip_time").on(table.sourceIp, table.time.desc()),
  ],
);

/** How far a stream of a host is stored: events up to `highWater` are in, later ones are not. */
export const ingestStream = pgTable(
  "ingest_stream",
  {
    hostId: uuid("host_id").notNull(),
    stream: bigint("stream", { mode: "number" }).notNull(),
    highWater: bigint("high_water", { mode: "number" }).notNull().default(0),
    /** When the latest snapshot of bans was made, by the host's clock; null before the first, and for imported files. */
    observedAt: instant("observed_at"),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.hostId, table.stream] })],
);
