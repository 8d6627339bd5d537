import { and, eq } from "drizzle-orm";
import { recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { session, user } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { auth, CLIENT_HEADER } from "./auth.ts";
import { refuseOtherSites } from "./authorise.ts";
import { isForwardedHttps, peerAddress } from "./peer-address.ts";
import { addressKey, countTry, forgetTries, type Limit } from "./rate-limit.ts";

const PER_ADDRESS: Limit = { max: 5, windowMs: 60_000 };
const PER_ACCOUNT: Limit = { max: 10, windowMs: 60_000 };

/** `Set-Cookie` values for the browser that signed in or out, and whether they may travel over HTTPS only. */
export type SessionCookies = { setCookie: string[]; https: boolean };

/**
 * Starts a session. A wrong address and a wrong password get the same answer, after the same work.
 * Throws AppError `not_signed_in` when they are wrong, `too_many` after five tries a minute from one address or ten
 * for one account; the latter doesn't hold for addresses that the account has a session from, so that a stranger
 * can't keep its owner out.
 */
export async function signIn(
  connections: Connections,
  headers: Headers,
  credentials: { email: string; password: string },
  nowMs: number,
): Promise<SessionCookies> {
  refuseOtherSites(headers);
  const email = credentials.email.trim().toLowerCase();
  const fromAddress = peerAddress(headers);
  const keys = { address: `sign-in ${addressKey(fromAddress)}`, account: `sign-in ${email}` };
  await countTry(connections, keys.address, PER_ADDRESS, nowMs);
  if (!(await isKnownAddress(connections, email, fromAddress))) {
    await countTry(connections, keys.account, PER_ACCOUNT, nowMs);
  }
  const { api } = await auth(connections);
  const given = new Headers({ "user-agent": headers.get("user-agent") ?? "" });
  if (fromAddress !== null) given.set(CLIENT_HEADER, fromAddress);
  const signedIn = await api
    .signInEmail({ body: { email, password: credentials.password }, headers: given, returnHeaders: true })
    .catch((cause: unknown) => {
      if (!isRefusal(cause)) throw cause;
      throw new AppError("not_signed_in", "The e-mail address or the password is wrong.", { cause });
    });
  await forgetTries(connections, Object.values(keys));
  const person = signedIn.response.user;
  await recordAction(connections.db, { id: person.id, name: person.name, fromAddress }, { verb: "sign_in" });
  return { setCookie: signedIn.headers.getSetCookie(), https: isForwardedHttps(headers) };
}

/** Ends the session that the cookie names, on the server; the cookies that come back clear the browser's. */
export async function signOut(connections: Connections, headers: Headers): Promise<SessionCookies> {
  refuseOtherSites(headers);
  const { api } = await auth(connections);
  const given = new Headers({ cookie: headers.get("cookie") ?? "" });
  const signedOut = await api.signOut({ headers: given, returnHeaders: true });
  return { setCookie: signedOut.headers.getSetCookie(), https: isForwardedHttps(headers) };
}

async function isKnownAddress(
  connections: Connections,
  email: string,
  address: string | null,
): Promise<boolean> {
  if (address === null) return false;
  const found = await connections.db
    .select({ id: session.id })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(and(eq(user.email, email), eq(session.ipAddress, address)))
    .limit(1);
  return found.length > 0;
}

/** better-auth throws its APIError, with a status below 500, for what the person got wrong. */
function isRefusal(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    "statusCode" in cause &&
    typeof cause.statusCode === "number" &&
    cause.statusCode < 500
  );
}
