import { bigint, date, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { inet, instant } from "./columns.ts";
import { eventKind } from "./event.ts";

/**
 * Sums that pages read. `detector` is what noticed the attack: fail2ban's jail, or for other sources the source's
 * name (`sshd`, `netfilter`). All times are UTC. `attacks` follows the definition of `isAttack`.
 */

/** Counts by kind in slots of ten minutes. Timeline, last hour, bans against usual. */
export const slotCount = pgTable(
  "slot_count",
  {
    slot: instant("slot").notNull(),
    hostId: uuid("host_id").notNull(),
    detector: text("detector").notNull(),
    kind: eventKind("kind").notNull(),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.slot, table.detector, table.kind] }),
    index("slot_count_slot").on(table.slot),
  ],
);

/** Attacks an hour from each place: the frames of the map, and the countries. */
export const placeHour = pgTable(
  "place_hour",
  {
    hour: instant("hour").notNull(),
    hostId: uuid("host_id").notNull(),
    detector: text("detector").notNull(),
    placeId: bigint("place_id", { mode: "number" }).notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
    bans: bigint("bans", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.hour, table.detector, table.placeId] }),
    index("place_hour_hour").on(table.hour),
  ],
);

/** Attacks an hour from each network; `asn` 0 is unknown. */
export const networkHour = pgTable(
  "network_hour",
  {
    hour: instant("hour").notNull(),
    hostId: uuid("host_id").notNull(),
    detector: text("detector").notNull(),
    countryCode: text("country_code").notNull(),
    asn: bigint("asn", { mode: "number" }).notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.hour, table.detector, table.countryCode, table.asn] }),
    index("network_hour_hour").on(table.hour),
  ],
);

/** Attacks an hour by the name that was tried; only events that name one. */
export const userHour = pgTable(
  "user_hour",
  {
    hour: instant("hour").notNull(),
    hostId: uuid("host_id").notNull(),
    detector: text("detector").notNull(),
    userName: text("user_name").notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.hour, table.detector, table.userName] }),
    index("user_hour_hour").on(table.hour),
  ],
);

/** Attacks an hour by the port that was attacked; only events that name one. */
export const portHour = pgTable(
  "port_hour",
  {
    hour: instant("hour").notNull(),
    hostId: uuid("host_id").notNull(),
    detector: text("detector").notNull(),
    transport: text("transport").notNull(),
    port: integer("port").notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.hour, table.detector, table.transport, table.port] }),
    index("port_hour_hour").on(table.hour),
  ],
);

/** All that is known about one source address. */
export const attacker = pgTable(
  "attacker",
  {
    address: inet("address").primaryKey(),
    placeId: bigint("place_id", { mode: "number" }).notNull(),
    countryCode: text("country_code").notNull(),
    asn: bigint("asn", { mode: "number" }).notNull(),
    firstSeen: instant("first_seen").notNull(),
    lastSeen: instant("last_seen").notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
    bans: bigint("bans", { mode: "number" }).notNull(),
  },
  (table) => [index("attacker_last_seen").on(table.lastSeen)],
);

/** Attacks a day from each address. */
export const attackerDay = pgTable(
  "attacker_day",
  {
    address: inet("address").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    attacks: bigint("attacks", { mode: "number" }).notNull(),
    bans: bigint("bans", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.address, table.day] })],
);
