import { eq, sql } from "drizzle-orm";
import { config } from "../config/config.ts";
import { type Connections, connections } from "../db/client.ts";
import { session } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { auth } from "./auth.ts";
import { peerAddress } from "./peer-address.ts";
import { mayActAs, type Role, ROLES } from "./role.ts";

export type { Role } from "./role.ts";

export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** Where this request came from; null when it isn't known. */
  fromAddress: string | null;
};

/**
 * The signed-in person who sent the request, when their role suffices.
 * Throws AppError `not_signed_in`, or `not_allowed` (also for a request that another web site made a browser send).
 */
export async function authorise(
  headers: Headers,
  role: Role,
  from: Connections = connections(),
): Promise<Person> {
  refuseOtherSites(headers);
  const found = await (await auth(from)).api.getSession({ headers });
  if (found === null)
    throw new AppError("not_signed_in", "You are not signed in, or your session has ended.");
  const held = ROLES.find((each) => each === found.user.role);
  if (held === undefined || !mayActAs(held, role)) {
    throw new AppError(
      "not_allowed",
      `This needs the role ${role}; yours is ${held ?? "none"}. Ask an admin.`,
    );
  }
  const fromAddress = peerAddress(headers);
  if (fromAddress !== null && fromAddress !== found.session.ipAddress) {
    await noteAddress(from, found.session.id, fromAddress);
  }
  return { id: found.user.id, name: found.user.name, email: found.user.email, role: held, fromAddress };
}

/** A browser names the site that made it send a request, unless it is this one and only reads. */
export function refuseOtherSites(headers: Headers): void {
  const origin = headers.get("origin");
  if (origin === null) return;
  const asked = [headers.get("host"), headers.get("x-forwarded-host"), hostOf(config().publicUrl)];
  const sender = hostOf(origin);
  if (sender !== null && asked.includes(sender)) return;
  throw new AppError("not_allowed", "Another web site made your browser send this request; it was refused.");
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null;
}

/** Where each session was last used from is what keeps those addresses from being banned. */
async function noteAddress(from: Connections, sessionId: string, address: string): Promise<void> {
  await from.db
    .update(session)
    .set({ ipAddress: address, updatedAt: sql`now()` })
    .where(eq(session.id, sessionId));
}
