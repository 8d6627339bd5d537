import { customType, timestamp } from "drizzle-orm/pg-core";

/** An address or prefix as canonical text (see `parsePrefix`). PostgreSQL prints a single address without its `/32`. */
export const inet = customType<{ data: string; driverData: string }>({ dataType: () => "inet" });

/** A point in time; a `Date` in code. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });
