import { eq, sql } from "drizzle-orm";
import { config } from "../config/config.ts";
import { type Connections, connections } from "../db/client.ts";
import { session } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { instance } from "../instance/instance.ts";
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
 * The signed-in person who sent the request, when their role suffices; in a demonstration anybody, as a guest.
 * Throws AppError `not_signed_in`, or `not_allowed` (also for a request that another web site made a browser send).
 */
export async function authorise(
  headers: Headers,
  role: Role,
  from: Connections = connections(),
): Promise<Person> {
  refuseOtherSites(headers);
  const found = await (await auth(from)).api.getSession({ headers });
  if (found === null) return authoriseGuest(headers, role, from);
  const held = ROLES.find((each) => each === found.user.role);
  if (held === undefined || !mayActAs(held, role)) throw tooSmall(held, role);
  const fromAddress = peerAddress(headers);
  if (fromAddress !== null && fromAddress !== found.session.ipAddress) {
    await noteAddress(from, found.session.id, fromAddress);
  }
  return { id: found.user.id, name: found.user.name, email: found.user.email, role: held, fromAddress };
}

/** A demonstration is open to everybody, as an operator whose every action is refused: nothing in it is real. */
async function authoriseGuest(headers: Headers, role: Role, from: Connections): Promise<Person> {
  const { demo } = await instance(from);
  if (!demo) throw new AppError("not_signed_in", "You are not signed in, or your session has ended.");
  if (!mayActAs("operator", role)) throw tooSmall("operator", role);
  return {
    id: "guest",
    name: "Guest",
    email: "no account needed",
    role: "operator",
    fromAddress: peerAddress(headers),
  };
}

function tooSmall(held: Role | undefined, needed: Role): AppError {
  return new AppError(
    "not_allowed",
    `This needs the role ${needed}; yours is ${held ?? "none"}. Ask an admin.`,
  );
}

/**
 * A browser names the site that made it send a request, unless it is this one and only reads. Following a link from
 * elsewhere to a page is the one thing that another site may start.
 */
export function refuseOtherSites(headers: Headers): void {
  if (headers.get("sec-fetch-site") === "cross-site" && !isFollowedLink(headers)) throw fromElsewhere();
  const origin = headers.get("origin");
  if (origin === null) return;
  const asked = [headers.get("host"), headers.get("x-forwarded-host"), hostOf(config().publicUrl)];
  const sender = hostOf(origin);
  if (sender !== null && asked.includes(sender)) return;
  throw fromElsewhere();
}

/** A page opened in a tab of its own: not in a frame, not by a script, not by a form that sends something. */
function isFollowedLink(headers: Headers): boolean {
  return (
    headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document" &&
    headers.get("origin") === null
  );
}

function fromElsewhere(): AppError {
  return new AppError("not_allowed", "Another web site made your browser send this request; it was refused.");
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
