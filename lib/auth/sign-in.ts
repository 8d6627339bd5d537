import { and, eq, gt } from "drizzle-orm";
import { recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { session, user } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { auth, CLIENT_HEADER } from "./auth.ts";
import { refuseOtherSites } from "./authorise.ts";
import { isForwardedHttps, peerAddress } from "./peer-address.ts";
import { addressKey, countTry, forgetTries, type Limit, takeBackTry } from "./rate-limit.ts";

const PER_ADDRESS: Limit = { max: 5, windowMs: 60_000 };
const PER_ACCOUNT: Limit = { max: 10, windowMs: 60_000 };
const PER_ACCOUNT_FROM_KNOWN_ADDRESS: Limit = { max: 30, windowMs: 60 * 60_000 };

/** `Set-Cookie` values for the browser that signed in or out, and whether they may travel over HTTPS only. */
export type SessionCookies = { setCookie: string[]; https: boolean };

/**
 * Starts a session. A wrong address and a wrong password get the same answer, after the same work.
 * Throws AppError `not_signed_in` when they are wrong, `too_many` after five tries a minute from one address or ten
 * for one account. Addresses that the account has a session from are counted by themselves, thirty an hour, so that
 * strangers can't keep its owner out.
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
  const from = addressKey(fromAddress);
  const perAddress = `sign-in ${from}`;
  const perAccount = (await isKnownAddress(connections, email, fromAddress, nowMs))
    ? { key: `sign-in ${email} ${from}`, limit: PER_ACCOUNT_FROM_KNOWN_ADDRESS }
    : { key: `sign-in ${email}`, limit: PER_ACCOUNT };
  await countTry(connections, perAddress, PER_ADDRESS, nowMs);
  await countTry(connections, perAccount.key, perAccount.limit, nowMs);
  const { api } = await auth(connections);
  const given = new Headers({ "user-agent": headers.get("user-agent") ?? "" });
  if (fromAddress !== null) given.set(CLIENT_HEADER, fromAddress);
  const signedIn = await api
    .signInEmail({ body: { email, password: credentials.password }, headers: given, returnHeaders: true })
    .catch((cause: unknown) => {
      if (!isRefusal(cause)) throw cause;
      throw new AppError("not_signed_in", "The e-mail address or the password is wrong.", { cause });
    });
  // The tries for other accounts stay counted: one's own account must not buy guesses at theirs.
  await takeBackTry(connections, perAddress);
  await forgetTries(connections, perAccount.key);
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
  nowMs: number,
): Promise<boolean> {
  if (address === null) return false;
  const found = await connections.db
    .select({ id: session.id })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(and(eq(user.email, email), eq(session.ipAddress, address), gt(session.expiresAt, new Date(nowMs))))
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
