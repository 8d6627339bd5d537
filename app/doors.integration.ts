import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { COMMAND_LINE } from "../lib/action/record-action.ts";
import { type Role, ROLES } from "../lib/auth/role.ts";
import { signIn } from "../lib/auth/sign-in.ts";
import { addUser } from "../lib/auth/users.ts";
import { connections, disconnect } from "../lib/db/client.ts";
import { createTestDatabase } from "../lib/db/test-database.ts";
import { ensureInstance } from "../lib/instance/instance.ts";

/**
 * Who may call what. A route, page or action that isn't here fails the test: say who it is for, and check it there.
 * `agent`: a host, by its signature. `open`: everybody, because it is a door itself.
 */
const DOORS: Record<string, Role | "agent" | "open"> = {
  "(app)/actions/page.tsx": "viewer",
  "(app)/bans/page.tsx": "viewer",
  "(app)/feed/page.tsx": "viewer",
  "(app)/hosts/page.tsx": "viewer",
  "(app)/ip/[address]/page.tsx": "viewer",
  "(app)/layout.tsx": "viewer",
  "(app)/map/page.tsx": "viewer",
  "(app)/page.tsx": "viewer",
  "layout.tsx": "open",
  "setup/page.tsx": "open",
  "sign-in/page.tsx": "open",
  "actions/ban-permanently.ts#banPermanentlyAction": "operator",
  "actions/ban-permanently.ts#checkBannableAction": "operator",
  "actions/join-token.ts#createJoinTokenAction": "admin",
  "actions/revoke-host.ts#revokeHostAction": "admin",
  "actions/setup.ts#setupAction": "open",
  "actions/sign-in.ts#signInAction": "open",
  "actions/sign-out.ts#signOutAction": "open",
  "actions/unban.ts#unbanAction": "operator",
  "actions/undo.ts#undoAction": "operator",
  "actions/watch-this-machine.ts#watchThisMachineAction": "admin",
  "api/agent/v1/batches/route.ts#POST": "agent",
  "api/agent/v1/enrol/route.ts#POST": "open",
  "api/agent/v1/observed/route.ts#POST": "agent",
  "api/agent/v1/reports/route.ts#POST": "agent",
  "api/agent/v1/status/route.ts#POST": "agent",
  "api/agent/v1/stream/route.ts#GET": "agent",
  "api/import/route.ts#POST": "operator",
  "api/live/route.ts#GET": "viewer",
  "api/query/actions/route.ts#GET": "viewer",
  "api/query/attacker/route.ts#GET": "viewer",
  "api/query/ban/route.ts#GET": "viewer",
  "api/query/bans/route.ts#GET": "viewer",
  "api/query/feed/route.ts#GET": "viewer",
  "api/query/first-run/route.ts#GET": "viewer",
  "api/query/hosts/route.ts#GET": "viewer",
  "api/query/map/city/route.ts#GET": "viewer",
  "api/query/map/route.ts#GET": "viewer",
  "api/query/overview/route.ts#GET": "viewer",
  "api/query/shell/route.ts#GET": "viewer",
};

const asked = vi.hoisted(() => ({ headers: new Headers() }));
// What the framework knows of a request that it isn't serving here.
vi.mock("next/headers", () => ({
  headers: async () => asked.headers,
  cookies: async () => ({ set: () => undefined }),
}));

const APP = import.meta.dirname;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const password = "correct horse battery";
const sessions = new Map<Role, Headers>();
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase(inject("databaseServerUrl"));
  process.env.DATABASE_URL = database.url;
  await ensureInstance(connections(), { demo: false });
  for (const role of ROLES) {
    const email = `${role}@example.org`;
    await addUser(connections(), COMMAND_LINE, { name: role, email, password, role });
    const host = { host: "banwatch.test" };
    const { setCookie } = await signIn(connections(), new Headers(host), { email, password }, Date.now());
    sessions.set(
      role,
      new Headers({ ...host, cookie: setCookie.map((each) => each.split(";")[0]).join("; ") }),
    );
  }
  close = async () => {
    await disconnect(connections());
    await database.close();
  };
});
afterAll(() => close());

const files = readdirSync(APP, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(APP, join(entry.parentPath, entry.name)))
  .filter((name) => /\.tsx?$/.test(name));
const routes = files.filter((name) => name.endsWith("route.ts"));
const actions = files.filter((name) => readFileSync(join(APP, name), "utf8").startsWith('"use server"'));
const pages = files.filter((name) => /(page|layout)\.tsx$/.test(name));

type Callable = (...given: unknown[]) => Promise<unknown>;

async function exportsOf(name: string): Promise<[string, Callable][]> {
  const found = (await import(join(APP, name))) as Record<string, unknown>;
  return Object.entries(found).filter(
    (entry): entry is [string, Callable] => typeof entry[1] === "function" && entry[0] !== "generateMetadata",
  );
}

function doorOf(key: string): Role | "agent" | "open" {
  const door = DOORS[key];
  if (door === undefined) throw new Error(`${key} is new: add to DOORS in this file who it is for.`);
  return door;
}

/** The roles below the one that is needed; null is nobody. */
function tooWeak(door: Role): (Role | null)[] {
  return [null, ...ROLES.slice(0, ROLES.indexOf(door))];
}

function headersOf(role: Role | null): Headers {
  return new Headers(role === null ? { host: "banwatch.test" } : sessions.get(role));
}

describe.each(routes)("%s", (name) => {
  test("refuses who may not call it", async () => {
    for (const [method, handler] of await exportsOf(name)) {
      expect(METHODS).toContain(method);
      const call = async (headers: Headers) => {
        const body = method === "GET" || method === "HEAD" ? null : "{}";
        const request = new Request("http://banwatch.test/x", { method, headers, body });
        const response = await handler(request, { params: Promise.resolve({}) });
        if (!(response instanceof Response)) throw new Error(`${name} answers with no Response`);
        const text = response.ok ? "" : await response.text();
        await response.body?.cancel().catch(() => undefined);
        return { status: response.status, code: text === "" ? null : JSON.parse(text).error.code };
      };
      const door = doorOf(`${name}#${method}`);
      if (door === "open") {
        expect((await call(headersOf(null))).status).toBe(400);
        continue;
      }
      if (door === "agent") {
        for (const role of [null, "admin"] as const) {
          expect(await call(headersOf(role))).toEqual({ status: 401, code: "signature_invalid" });
        }
        continue;
      }
      for (const role of tooWeak(door)) {
        const code = role === null ? "not_signed_in" : "not_allowed";
        expect(await call(headersOf(role)), `${name} called by ${role}`).toMatchObject({ code });
      }
      const fromElsewhere = headersOf("admin");
      fromElsewhere.set("origin", "https://evil.example");
      expect(await call(fromElsewhere)).toEqual({ status: 403, code: "not_allowed" });
      expect([401, 403]).not.toContain((await call(headersOf(door))).status);
    }
  });
});

describe.each(actions)("%s", (name) => {
  test("refuses who may not call it", async () => {
    for (const [action, callable] of await exportsOf(name)) {
      const door = doorOf(`${name}#${action}`);
      if (door === "agent") throw new Error("A host calls no server action.");
      if (door === "open") continue;
      for (const role of tooWeak(door)) {
        asked.headers = headersOf(role);
        const code = role === null ? "not_signed_in" : "not_allowed";
        expect(await callable({}), `${action} called by ${role}`).toMatchObject({ ok: false, code });
      }
      asked.headers = headersOf("admin");
      asked.headers.set("origin", "https://evil.example");
      expect(await callable({})).toMatchObject({ ok: false, code: "not_allowed" });
    }
  });
});

describe.each(pages)("%s", (name) => {
  test("shows nothing to who isn't signed in", async () => {
    const door = doorOf(name);
    if (door === "open") return;
    asked.headers = headersOf(null);
    const found = (await import(join(APP, name))) as { default: Callable };
    const nothing = Promise.resolve({});
    const shown = found.default({ params: nothing, searchParams: nothing });
    await expect(shown).rejects.toMatchObject({
      digest: expect.stringContaining("NEXT_REDIRECT;replace;/sign-in"),
    });
  });
});

test("setup and sign-in refuse what is wrong, signing out without a session does nothing", async () => {
  asked.headers = headersOf(null);
  const { setupAction } = await import("./actions/setup.ts");
  const { signInAction } = await import("./actions/sign-in.ts");
  const { signOutAction } = await import("./actions/sign-out.ts");
  const person = { name: "Eve", email: "eve@example.org", password };
  expect(await setupAction({ ...person, token: "x" })).toMatchObject({ ok: false, code: "expired" });
  expect(await signInAction(person)).toMatchObject({ ok: false, code: "not_signed_in" });
  expect(await signOutAction()).toEqual({ ok: true });
});
