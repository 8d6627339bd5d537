import { boolean, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { JWK } from "jose";
import { instant } from "./columns.ts";

/** One row: what makes this Banwatch itself. Written once, at the first start. */
export const instance = pgTable("instance", {
  one: boolean("one").primaryKey().default(true),
  createdAt: instant("created_at").notNull().defaultNow(),
  /** Ed25519, private and public; agents pin its thumbprint. */
  signingKey: jsonb("signing_key").$type<JWK>().notNull(),
  /** Signs the cookies of sessions. */
  sessionSecret: text("session_secret").notNull(),
  /** SHA-256 (base64url) of the one-time link to create the first admin; null once used. */
  setupTokenHash: text("setup_token_hash"),
  /** True: a demonstration with generated traffic; nothing here may act on a host. */
  demo: boolean("demo").notNull().default(false),
});
