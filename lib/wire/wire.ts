import * as z from "zod";
import { EVENT_KINDS, EVENT_SOURCES } from "../event/event.ts";
import { parseAddress, parsePrefix } from "../event/address.ts";

/**
 * What agent and app say to each other, each endpoint once.
 *
 * Every request of an agent carries `Authorization: Banwatch <JWS>` (see `signed-request.ts`), except `enrol`, which
 * carries a proof of the join token. What the app tells an agent to do is a JWS signed by the app (see `signed-order.ts`).
 */
export const WIRE_VERSION = 1;
export const WIRE_PATHS = {
  enrol: "/api/agent/v1/enrol",
  batches: "/api/agent/v1/batches",
  status: "/api/agent/v1/status",
  observed: "/api/agent/v1/observed",
  reports: "/api/agent/v1/reports",
  stream: "/api/agent/v1/stream",
} as const;

export const BATCH_MAX_EVENTS = 5_000;
export const BATCH_MAX_BYTES = 8 * 1024 * 1024;
export const OBSERVED_MAX_BYTES = 64 * 1024 * 1024;
export const OTHER_MAX_BYTES = 1024 * 1024;

const text = (max: number) => z.string().max(max);
const count = z.int().min(0);
const port = z.int().min(0).max(65_535);
const timeMs = z.int().min(0).max(8_640_000_000_000_000);
const address = z.string().refine((value) => parseAddress(value) === value, "not a canonical address");
const prefix = z.string().refine((value) => parsePrefix(value)?.text === value, "not a canonical prefix");
const uuid = z.uuid();

export const eventSchema = z.strictObject({
  timeMs,
  kind: z.enum(EVENT_KINDS),
  source: z.enum(EVENT_SOURCES),
  count: z.int().min(1).max(1_000_000_000),
  sourceIp: prefix.optional(),
  sourcePort: port.optional(),
  destinationIp: address.optional(),
  destinationPort: port.optional(),
  transport: text(16).optional(),
  userName: text(256).optional(),
  method: text(64).optional(),
  jail: text(128).optional(),
  prefix: text(128).optional(),
  inInterface: text(32).optional(),
  durationSeconds: z.int().min(-1).optional(),
  reason: text(256).optional(),
});

/** Events number `firstSequence`, `firstSequence` + 1, … of this host; the first event ever is number 1. */
export const batchSchema = z.strictObject({
  version: z.literal(WIRE_VERSION),
  firstSequence: z.int().min(1),
  events: z.array(eventSchema).min(1).max(BATCH_MAX_EVENTS),
});
/** `highWater` is the number of the last event of this host that is stored for good. */
export type BatchAnswer = { highWater: number };

export const enrolSchema = z.strictObject({
  version: z.literal(WIRE_VERSION),
  /** Which join token; base64url. */
  joinId: text(32),
  /** The agent's public key: a JWK with kty OKP, crv Ed25519. */
  publicKey: z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: text(64) }),
  /** `joinProof()` of the token's secret and this key, so that the secret never crosses the wire. */
  proof: text(64),
  hostName: text(253).min(1),
  agentVersion: text(32),
});
export type Enrol = z.infer<typeof enrolSchema>;
/** The answer to `enrol` is `{ jws }`: this payload signed by the app, checked against the token's fingerprint. */
export type Enrolled = { hostId: string; hostName: string };

const jailHealth = z.strictObject({ name: text(128), currentlyBanned: count, totalBanned: count });
const sourceHealth = z.strictObject({
  path: text(4096),
  state: z.enum(["following", "missing", "unreadable"]),
  /** Why it is missing or unreadable, in the host's own words. */
  reason: text(256).optional(),
  lines: count,
  events: count,
  ignored: count,
  unreadable: count,
  lastEventAtMs: timeMs.nullable(),
});

/** What the agent says of itself and its host, at start, on change, and at least every 10 s. */
export const statusSchema = z.strictObject({
  version: z.literal(WIRE_VERSION),
  agentVersion: text(32),
  /** By the host's own clock, uncorrected. */
  sentAtMs: timeMs,
  startedAtMs: timeMs,
  fail2ban: z
    .discriminatedUnion("state", [
      z.strictObject({ state: z.literal("running"), version: text(32), jails: z.array(jailHealth).max(200) }),
      z.strictObject({ state: z.literal("stopped"), reason: text(512) }),
      z.strictObject({ state: z.literal("absent") }),
    ])
    .describe("fail2ban as seen on the host"),
  firewall: z.discriminatedUnion("state", [
    z.strictObject({ state: z.literal("ready"), driver: z.literal("nftables"), rules: count }),
    z.strictObject({ state: z.literal("unavailable"), reason: text(512) }),
  ]),
  sources: z.array(sourceHealth).max(100),
  spool: z.strictObject({ events: count, bytes: count, lostEvents: count }),
  /** Addresses that must never be banned on this host. */
  guarded: z.strictObject({
    own: z.array(address).max(200),
    gateways: z.array(address).max(20),
    resolvers: z.array(address).max(20),
  }),
  rulesGeneration: count,
});
export type Status = z.infer<typeof statusSchema>;
export type StatusAnswer = { serverTimeMs: number };

/** All that is blocked now by the named enforcers; what is not in it is not blocked. Never spooled, never repeated. */
export const observedSchema = z.strictObject({
  version: z.literal(WIRE_VERSION),
  observedAtMs: timeMs,
  enforcers: z
    .array(
      z.strictObject({
        enforcer: z.enum(["fail2ban", "banwatch"]),
        /** fail2ban's jail; empty for banwatch. */
        jail: text(128),
        bans: z
          .array(
            z.strictObject({
              prefix,
              sinceMs: timeMs.nullable(),
              /** null: without end. */
              untilMs: timeMs.nullable(),
            }),
          )
          .max(1_000_000),
      }),
    )
    .max(200),
});
export type Observed = z.infer<typeof observedSchema>;

export const REPORT_STATES = ["delivered", "applied", "verified", "failed", "drifted"] as const;
export const reportsSchema = z.strictObject({
  version: z.literal(WIRE_VERSION),
  reports: z
    .array(
      z.strictObject({
        commandId: uuid,
        state: z.enum(REPORT_STATES),
        atMs: timeMs,
        /** `failed`: the host's own words. `drifted`: what was found. */
        detail: text(1024).optional(),
        /** `verified`: what the host's firewall said, a line each. */
        evidence: z.array(text(300)).max(20).optional(),
      }),
    )
    .min(1)
    .max(1000),
});
export type Report = z.infer<typeof reportsSchema>["reports"][number];

/** Orders travel on the stream as server-sent events whose data is a JWS of one of these, signed by the app. */
export const orderSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("command"),
    commandId: uuid,
    /** `unban`: lift in every jail that bans it. `reban`: put back into the named jails (undo of an unban). */
    verb: z.enum(["unban", "reban"]),
    prefix,
    jails: z.array(text(128)).max(200),
  }),
  z.strictObject({
    type: z.literal("rules"),
    /** The generation that the agent has after it applied this. */
    generation: count,
    /** The generation that this builds on; 0: this is all there is, forget the rest. */
    base: count,
    rules: z
      .array(
        z.strictObject({
          ruleId: uuid,
          effect: z.enum(["deny", "allow"]),
          prefix,
          untilMs: timeMs.nullable(),
          removed: z.boolean(),
          /** The command that tells the page how far this rule is on this host; absent when nobody waits for it. */
          commandId: uuid.optional(),
        }),
      )
      .max(1_000_000),
  }),
]);
export type Order = z.infer<typeof orderSchema>;
export type CommandOrder = Extract<Order, { type: "command" }>;
export type RulesOrder = Extract<Order, { type: "rules" }>;

/** Names of the server-sent events of the agent's stream. `hello` has data `{ serverTimeMs }`; `order` has a JWS. */
export const STREAM_EVENTS = { hello: "hello", order: "order", revoked: "revoked" } as const;
/** The app sends a comment this often; an agent that hears nothing for three times as long connects again. */
export const STREAM_HEARTBEAT_MS = 10_000;
