import { parseSetCookieHeader, toCookieOptions } from "better-auth/cookies";
import { cookies } from "next/headers";
import type { SessionCookies } from "../../lib/auth/sign-in.ts";
import { refusalOf } from "../../lib/error/answer.ts";
import type { ErrorCode } from "../../lib/error/app-error.ts";

export type Refused = { ok: false; code: ErrorCode; message: string };

/** What a server action answers with: a refusal is a value, never an exception. */
export async function answerAction<T extends object>(
  work: () => Promise<T>,
): Promise<({ ok: true } & T) | Refused> {
  try {
    return { ok: true, ...(await work()) };
  } catch (error) {
    const { code, message } = refusalOf(error);
    return { ok: false, code, message };
  }
}

/** Hands the session's cookies to the browser. */
export async function setCookies(given: SessionCookies): Promise<void> {
  const jar = await cookies();
  for (const header of given.setCookie) {
    for (const [name, cookie] of parseSetCookieHeader(header)) {
      const options = toCookieOptions(cookie);
      jar.set(name, cookie.value, given.https ? { ...options, secure: true } : options);
    }
  }
}
