import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { COMMAND_LINE } from "../action/record-action.ts";
import { action, rateLimit, session, user } from "../db/schema/index.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { ensureInstance, issueSetupToken } from "../instance/instance.ts";
import { authorise } from "./authorise.ts";
import { createFirstAdmin } from "./create-first-admin.ts";
import { signIn, signOut } from "./sign-in.ts";
import { addUser, changePassword, changeRole, endSessions, removeUser } from "./users.ts";

const password = "correct horse battery";
const peer = { "x-banwatch-peer": "203.0.113.9", host: "banwatch.test:3000" };
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(database, { demo: false });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(user);
  await database.db.delete(rateLimit);
});

async function signInAs(email: string, from: Record<string, string> = peer): Promise<Headers> {
  const { setCookie } = await signIn(database, new Headers(from), { email, password }, Date.now());
  const cookie = setCookie.map((each) => each.split(";")[0]).join("; ");
  return new Headers({ ...from, cookie });
}

const ada = { name: "Ada", email: "ada@example.org", password };

describe("the one-time link", () => {
  test("makes the first admin, once, and then is void", async () => {
    const token = (await issueSetupToken(database))!;
    await createFirstAdmin(database, { ...ada, token, fromAddress: null }, Date.now());
    const headers = await signInAs(ada.email);
    expect(await authorise(headers, "admin", database)).toMatchObject({ name: "Ada", role: "admin" });
    await expect(
      createFirstAdmin(database, { ...ada, email: "eve@example.org", token, fromAddress: null }, Date.now()),
    ).rejects.toMatchObject({ code: "expired" });
    expect(await issueSetupToken(database)).toBeNull();
  });

  test("lets one of two win who use it at the same moment", async () => {
    const token = (await issueSetupToken(database))!;
    const tries = ["a@example.org", "b@example.org", "c@example.org"].map((email) =>
      createFirstAdmin(database, { ...ada, email, token, fromAddress: null }, Date.now()),
    );
    const results = await Promise.allSettled(tries);
    expect(results.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    expect(await database.db.select().from(user)).toHaveLength(1);
  });

  test("is refused when it is not the newest", async () => {
    const old = (await issueSetupToken(database))!;
    await issueSetupToken(database);
    const late = createFirstAdmin(database, { ...ada, token: old, fromAddress: null }, Date.now());
    await expect(late).rejects.toMatchObject({ code: "not_allowed" });
  });
});

describe("a session", () => {
  beforeEach(() => addUser(database, COMMAND_LINE, { ...ada, role: "operator" }));

  test("is opened by the right password and written into the log", async () => {
    const headers = await signInAs("ADA@example.org ");
    const person = await authorise(headers, "operator", database);
    expect(person).toMatchObject({ email: ada.email, role: "operator", fromAddress: "203.0.113.9" });
    const signIns = await database.db.select().from(action).where(eq(action.actorId, person.id));
    expect(signIns).toMatchObject([{ verb: "sign_in", fromAddress: "203.0.113.9" }]);
  });

  test("has a cookie that scripts can't read and other sites can't use", async () => {
    const { setCookie } = await signIn(
      database,
      new Headers(peer),
      { email: ada.email, password },
      Date.now(),
    );
    expect(setCookie[0]).toMatch(/^banwatch-.*HttpOnly/i);
    expect(setCookie[0]).toMatch(/SameSite=Lax/i);
  });

  test("gives no more than the role allows", async () => {
    const headers = await signInAs(ada.email);
    await expect(authorise(headers, "admin", database)).rejects.toMatchObject({ code: "not_allowed" });
    await changeRole(database, COMMAND_LINE, ada.email, "viewer");
    await expect(authorise(headers, "operator", database)).rejects.toMatchObject({ code: "not_allowed" });
  });

  test("ends at the next request when the server ends it", async () => {
    const headers = await signInAs(ada.email);
    await authorise(headers, "viewer", database);
    expect(await endSessions(database, COMMAND_LINE, ada.email)).toBe(1);
    await expect(authorise(headers, "viewer", database)).rejects.toMatchObject({ code: "not_signed_in" });
  });

  test("ends by signing out, by a new password and by removal of the person", async () => {
    const first = await signInAs(ada.email);
    await signOut(database, first);
    await expect(authorise(first, "viewer", database)).rejects.toMatchObject({ code: "not_signed_in" });
    const second = await signInAs(ada.email);
    await changePassword(database, COMMAND_LINE, ada.email, "another long password");
    await expect(authorise(second, "viewer", database)).rejects.toMatchObject({ code: "not_signed_in" });
    await changePassword(database, COMMAND_LINE, ada.email, password);
    const third = await signInAs(ada.email);
    await removeUser(database, COMMAND_LINE, ada.email);
    await expect(authorise(third, "viewer", database)).rejects.toMatchObject({ code: "not_signed_in" });
  });

  test("can't be forged or used by another site", async () => {
    const headers = await signInAs(ada.email);
    const other = new Headers([...headers, ["origin", "https://evil.example"]]);
    await expect(authorise(other, "viewer", database)).rejects.toMatchObject({ code: "not_allowed" });
    const same = new Headers([...headers, ["origin", "http://banwatch.test:3000"]]);
    expect(await authorise(same, "viewer", database)).toMatchObject({ name: "Ada" });
    const forged = new Headers({ cookie: headers.get("cookie")!.replace(/=[^.]{6}/, "=AAAAAA") });
    await expect(authorise(forged, "viewer", database)).rejects.toMatchObject({ code: "not_signed_in" });
  });

  test("is not used by what another site embeds, fetches or sends; only by a link that a person follows", async () => {
    const headers = await signInAs(ada.email);
    const sent = (site: string, mode: string, dest: string, origin?: string) => {
      const made = new Headers([...headers, ["sec-fetch-site", site]]);
      made.set("sec-fetch-mode", mode);
      made.set("sec-fetch-dest", dest);
      if (origin !== undefined) made.set("origin", origin);
      return authorise(made, "viewer", database);
    };
    expect(await sent("cross-site", "navigate", "document")).toMatchObject({ name: "Ada" });
    expect(await sent("same-origin", "cors", "empty")).toMatchObject({ name: "Ada" });
    expect(await sent("none", "navigate", "document")).toMatchObject({ name: "Ada" });
    for (const [mode, dest, origin] of [
      ["no-cors", "image"],
      ["no-cors", "script"],
      ["cors", "empty"],
      ["navigate", "iframe"],
      ["navigate", "document", "null"],
    ] as const) {
      const refused = sent("cross-site", mode, dest, origin);
      await expect(refused, `${mode} ${dest}`).rejects.toMatchObject({ code: "not_allowed" });
    }
  });

  test("remembers the address that it was last used from", async () => {
    const headers = await signInAs(ada.email);
    headers.set("x-banwatch-peer", "198.51.100.7");
    await authorise(headers, "viewer", database);
    expect(await database.db.select().from(session)).toMatchObject([{ ipAddress: "198.51.100.7" }]);
  });
});

describe("guessing passwords", () => {
  beforeEach(() => addUser(database, COMMAND_LINE, { ...ada, role: "viewer" }));
  const attempt = (address: string, nowMs: number, given = "wrong") =>
    signIn(
      database,
      new Headers({ "x-banwatch-peer": address }),
      { email: ada.email, password: given },
      nowMs,
    ).then(
      () => "in",
      (error: { code: string }) => error.code,
    );

  test("an unknown account and a wrong password look the same", async () => {
    const unknown = { email: "nobody@example.org", password };
    await expect(signIn(database, new Headers(peer), unknown, Date.now())).rejects.toMatchObject({
      code: "not_signed_in",
      message: "The e-mail address or the password is wrong.",
    });
  });

  test("five tries a minute from one address, also all at once, and then even the right one waits", async () => {
    const now = Date.now();
    const codes = await Promise.all(Array.from({ length: 12 }, () => attempt("192.0.2.1", now)));
    expect(codes.filter((code) => code === "not_signed_in")).toHaveLength(5);
    expect(await attempt("192.0.2.1", now, password)).toBe("too_many");
    expect(await attempt("192.0.2.1", now + 61_000, password)).toBe("in");
  });

  test("ten tries a minute for one account, but its owner's own address still gets in", async () => {
    const now = Date.now();
    expect(await attempt("198.51.100.1", now, password)).toBe("in");
    for (let each = 1; each <= 10; each += 1) await attempt(`192.0.2.${each}`, now);
    expect(await attempt("192.0.2.200", now, password)).toBe("too_many");
    expect(await attempt("198.51.100.1", now, password)).toBe("in");
  });

  test("signing in to an account of one's own buys no more guesses at another", async () => {
    const now = Date.now();
    await addUser(database, COMMAND_LINE, { ...ada, email: "eve@example.org", role: "viewer" });
    const signInAsEve = () =>
      signIn(database, new Headers(peer), { email: "eve@example.org", password }, now).catch(() => null);
    const codes: string[] = [];
    for (let each = 0; each < 12; each += 1) {
      codes.push(await attempt(peer["x-banwatch-peer"], now));
      await signInAsEve();
    }
    expect(codes.filter((code) => code === "not_signed_in").length).toBeLessThanOrEqual(5);
  });

  test("an office may sign in as often as it has people", async () => {
    const now = Date.now();
    for (let each = 0; each < 8; each += 1) expect(await attempt("192.0.2.1", now, password)).toBe("in");
  });

  test("an address that the account has a session from may be wrong thirty times an hour", async () => {
    const start = Date.now();
    expect(await attempt("198.51.100.1", start, password)).toBe("in");
    const codes: string[] = [];
    for (let minute = 1; minute <= 8; minute += 1) {
      for (let each = 0; each < 5; each += 1)
        codes.push(await attempt("198.51.100.1", start + minute * 60_000));
    }
    expect(codes.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => "not_signed_in"));
    expect(codes.slice(30)).toEqual(Array.from({ length: 10 }, () => "too_many"));
  });

  test("a session that has ended makes no address known", async () => {
    const now = Date.now();
    expect(await attempt("198.51.100.1", now, password)).toBe("in");
    await database.db.update(session).set({ expiresAt: new Date(now - 1000) });
    for (let each = 1; each <= 10; each += 1) await attempt(`192.0.2.${each}`, now);
    expect(await attempt("198.51.100.1", now, password)).toBe("too_many");
  });
});

test("the last admin can't be removed or made less", async () => {
  await addUser(database, COMMAND_LINE, { ...ada, role: "admin" });
  await expect(removeUser(database, COMMAND_LINE, ada.email)).rejects.toMatchObject({ code: "conflict" });
  const lessened = changeRole(database, COMMAND_LINE, ada.email, "viewer");
  await expect(lessened).rejects.toMatchObject({ code: "conflict" });
});

test("weak passwords and taken addresses are refused", async () => {
  const weak = addUser(database, COMMAND_LINE, { ...ada, password: "short", role: "viewer" });
  await expect(weak).rejects.toMatchObject({ code: "invalid" });
  await addUser(database, COMMAND_LINE, { ...ada, role: "viewer" });
  const again = addUser(database, COMMAND_LINE, { ...ada, role: "viewer" });
  await expect(again).rejects.toMatchObject({ code: "conflict" });
});

test("two first starts at once make one instance", async () => {
  const fresh = await createTestDatabase(inject("databaseServerUrl"));
  const [one, two] = await Promise.all([
    ensureInstance({ ...fresh }, { demo: false }),
    ensureInstance({ ...fresh }, { demo: false }),
  ]);
  expect(one.fingerprint).toBe(two.fingerprint);
  await fresh.close();
});
