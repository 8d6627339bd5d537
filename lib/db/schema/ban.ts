import {
  bigint,
  boolean,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { inet, instant } from "./columns.ts";

export const enforcer = pgEnum("enforcer", ["fail2ban", "banwatch"]);

/** What one host's firewall blocks now, as observed there. Hosts of kind `import` have none. */
export const ban = pgTable(
  "ban",
  {
    hostId: uuid("host_id").notNull(),
    address: inet("address").notNull(),
    enforcer: enforcer("enforcer").notNull(),
    /** fail2ban's jail; empty for Banwatch's own table. */
    jail: text("jail").notNull(),
    since: instant("since").notNull(),
    /** Null: without end, or not known yet when `untilKnown` is false. */
    until: instant("until"),
    untilKnown: boolean("until_known").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.address, table.enforcer, table.jail] }),
    index("ban_address").on(table.address),
  ],
);

/**
 * One row an address that at least one host blocks: what the list of bans pages through. Kept from `ban` in the same
 * transaction, under one advisory lock (see lib/rollup).
 */
export const blockedAddress = pgTable(
  "blocked_address",
  {
    address: inet("address").primaryKey(),
    /** The newest ban. */
    since: instant("since").notNull(),
    /** The last end of all its bans; null: at least one has no end. */
    until: instant("until"),
    permanent: boolean("permanent").notNull(),
    hostCount: integer("host_count").notNull(),
    /** The jail of the newest fail2ban ban; empty when only Banwatch blocks it. */
    jail: text("jail").notNull(),
    enforcer: enforcer("enforcer").notNull(),
    countryCode: text("country_code").notNull(),
    placeId: bigint("place_id", { mode: "number" }).notNull(),
    asn: bigint("asn", { mode: "number" }).notNull(),
  },
  (table) => [index("blocked_address_since").on(table.since.desc(), table.address)],
);
