import { sql } from "drizzle-orm";
import { bigint, boolean, index, jsonb, pgEnum, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { inet, instant } from "./columns.ts";

export const actionVerb = pgEnum("action_verb", [
  "unban",
  "ban_permanently",
  "undo",
  "create_join_token",
  "enrol_host",
  "revoke_host",
  "import",
  "create_user",
  "change_role",
  "delete_user",
  "sign_in",
  "change_password",
  "end_sessions",
]);

/** The log of changes, append-only (a trigger refuses UPDATE and DELETE): who, what, why, from where. */
export const action = pgTable(
  "action",
  {
    id: uuid("id").primaryKey(),
    at: instant("at").notNull().defaultNow(),
    /** The user's id; null: the system or the command line. */
    actorId: text("actor_id"),
    /** The name as it was then. */
    actorName: text("actor_name").notNull(),
    /** Where the request came from; null for the command line. */
    fromAddress: inet("from_address"),
    verb: actionVerb("verb").notNull(),
    /** The address or prefix acted on. */
    address: inet("address"),
    /** A host, user or file, as a person would name it. */
    subject: text("subject"),
    reason: text("reason"),
    /** The action that this one takes back. */
    undoes: uuid("undoes"),
  },
  (table) => [
    index("action_at").on(table.at.desc()),
    index("action_address").on(table.address),
    index("action_undoes").on(table.undoes),
  ],
);

export const ruleEffect = pgEnum("rule_effect", ["deny", "allow"]);

/** What the operator wants. A rule that was removed stays, so that agents learn of it. */
export const rule = pgTable(
  "rule",
  {
    id: uuid("id").primaryKey(),
    effect: ruleEffect("effect").notNull(),
    prefix: inet("prefix").notNull(),
    /** Null: every host. */
    hostId: uuid("host_id"),
    /** Null: without end. */
    until: instant("until"),
    removedAt: instant("removed_at"),
    /** The generation in which it last changed; generations are handed out one at a time (see lib/rule). */
    generation: bigint("generation", { mode: "number" }).notNull(),
    actionId: uuid("action_id").notNull(),
  },
  (table) => [index("rule_by_generation").on(table.generation), index("rule_prefix").on(table.prefix)],
);

export const commandState = pgEnum("command_state", [
  "queued",
  "delivered",
  "applied",
  "verified",
  "failed",
  "expired",
  "drifted",
]);
export const commandVerb = pgEnum("command_verb", ["unban", "reban", "deny", "lift"]);

/** One instruction to one host with a life of its own. `deny` and `lift` follow a rule; they don't expire. */
export const command = pgTable(
  "command",
  {
    hostId: uuid("host_id").notNull(),
    id: uuid("id").notNull(),
    actionId: uuid("action_id").notNull(),
    verb: commandVerb("verb").notNull(),
    address: inet("address").notNull(),
    /** For `unban`: where it was banned when it was asked for, so that undo can put it back. For `reban`: where to. */
    jails: jsonb("jails").$type<string[]>().notNull(),
    ruleId: uuid("rule_id"),
    state: commandState("state").notNull(),
    queuedAt: instant("queued_at").notNull(),
    deliveredAt: instant("delivered_at"),
    appliedAt: instant("applied_at"),
    verifiedAt: instant("verified_at"),
    /** When it failed, expired or drifted. */
    endedAt: instant("ended_at"),
    /** Null: never. */
    expiresAt: instant("expires_at"),
    /** The host's own words, when failed or drifted. */
    detail: text("detail"),
    evidence: jsonb("evidence").$type<string[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.id] }),
    index("command_action").on(table.actionId),
    index("command_address").on(table.address),
    index("command_host_state").on(table.hostId, table.state),
    index("command_open")
      .on(table.queuedAt)
      .where(sql`${table.state} <> 'verified'`),
  ],
);

/** One row: the newest generation of rules. Locked by whoever changes rules. */
export const ruleGeneration = pgTable("rule_generation", {
  one: boolean("one").primaryKey().default(true),
  generation: bigint("generation", { mode: "number" }).notNull().default(0),
});
