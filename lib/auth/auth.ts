import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import { config } from "../config/config.ts";
import { type Connections } from "../db/client.ts";
import * as schema from "../db/schema/index.ts";
import { instance, type Instance } from "../instance/instance.ts";

/** Carries the address that `peerAddress` found to better-auth; whatever a client sent under this name is replaced. */
export const CLIENT_HEADER = "x-banwatch-client";
/** A session ends this long after the sign-in, or when the server ends it. */
const SESSION_SECONDS = 14 * 24 * 60 * 60;

export type Auth = ReturnType<typeof makeAuth>;

const known = new WeakMap<Connections["pool"], Promise<Auth>>();

/**
 * People's sign-in. Only its functions are used: none of its HTTP endpoints are served, so there is no way in but the
 * server actions of this app. Sessions live in the database and are looked up for every request, so that one which
 * the server ends is refused at once.
 */
export function auth(connections: Connections): Promise<Auth> {
  let made = known.get(connections.pool);
  if (made === undefined) {
    made = instance(connections).then((of) => makeAuth(connections, of));
    known.set(connections.pool, made);
    made.catch(() => known.delete(connections.pool));
  }
  return made;
}

function makeAuth(connections: Connections, of: Instance) {
  const { publicUrl, port } = config();
  return betterAuth({
    appName: "Banwatch",
    // Links are never made from it; who may send a request is checked in authorise.
    baseURL: publicUrl ?? `http://localhost:${port}`,
    secret: of.sessionSecret,
    database: drizzleAdapter(connections.db, { provider: "pg", schema, transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: {
      additionalFields: { role: { type: "string", required: true, input: false, defaultValue: "viewer" } },
    },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true, cookieCache: { enabled: false } },
    rateLimit: { enabled: false },
    advanced: {
      // Cookies don't tell ports apart: another Banwatch on this machine (the demonstration) has names of its own.
      cookiePrefix: `banwatch-${of.fingerprint.slice(0, 6)}`,
      useSecureCookies: false,
      defaultCookieAttributes: {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        secure: publicUrl?.startsWith("https://") ?? false,
      },
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER], ipv6Subnet: 128 },
    },
    logger: { level: "error" },
    telemetry: { enabled: false },
  });
}
