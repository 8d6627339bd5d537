import { bigint, doublePrecision, pgTable, text } from "drizzle-orm/pg-core";

/**
 * Where attacks come from: a city, or only a country, or (id 0) unknown. The id is a hash of country, region and
 * city, so that every instance makes the same one without asking.
 */
export const place = pgTable("place", {
  id: bigint("id", { mode: "number" }).primaryKey(),
  /** ISO 3166-1 alpha-2; `ZZ` unknown. */
  countryCode: text("country_code").notNull(),
  city: text("city"),
  /** Degrees, WGS 84; null when only the country is known: such attacks are counted, never drawn at a false city. */
  latitude: doublePrecision("latitude"),
  longitude: doublePrecision("longitude"),
});

/** Autonomous systems by number. */
export const network = pgTable("network", {
  asn: bigint("asn", { mode: "number" }).primaryKey(),
  name: text("name").notNull(),
});
