import { sql } from "drizzle-orm";
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
    index("ban_by_people")
      .on(table.address)
      .where(sql`${table.enforcer} = 'banwatch'`),
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
  // Both columns of a page's order point the same way, so that "after this row" is one comparison of rows.
  (table) => [
    index("blocked_address_newest").on(table.since, table.address),
    index("blocked_address_permanent")
      .on(table.since, table.address)
      .where(sql`${table.permanent}`),
    index("blocked_address_until")
      .on(table.until)
      .where(sql`not ${table.permanent}`),
    index("blocked_address_jail").on(table.jail, table.since, table.address),
    index("blocked_address_country").on(table.countryCode, table.since, table.address),
  ],
);
