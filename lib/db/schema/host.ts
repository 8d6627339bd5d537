import { bigint, jsonb, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { JWK } from "jose";
import type { Status } from "../../wire/wire.ts";
import { instant } from "./columns.ts";

export const hostKind = pgEnum("host_kind", ["agent", "import"]);

/** A machine that reports; `import` stands for logs that were imported and has no agent. */
export const host = pgTable("host", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  kind: hostKind("kind").notNull(),
  /** Null for imports. */
  publicKey: jsonb("public_key").$type<JWK>(),
  enrolledAt: instant("enrolled_at").notNull().defaultNow(),
  /** Set once, never cleared: the key is refused from then on. */
  revokedAt: instant("revoked_at"),
  /** When the app last heard from the agent, by the app's clock. */
  lastSeenAt: instant("last_seen_at"),
  /** The host's clock minus the app's, in milliseconds. */
  clockDifferenceMs: bigint("clock_difference_ms", { mode: "number" }),
  /** The latest status as sent; null before the first. */
  status: jsonb("status").$type<Status>(),
});

/** One-time invitations for agents. */
export const joinToken = pgTable("join_token", {
  joinId: text("join_id").primaryKey(),
  /** SHA-256 of the secret, base64url. */
  secretHash: text("secret_hash").notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
  usedByHostId: uuid("used_by_host_id"),
});
