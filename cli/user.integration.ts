import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { asc } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { action } from "../lib/db/schema/index.ts";
import { createTestDatabase } from "../lib/db/test-database.ts";

const MAIN = resolve(import.meta.dirname, "main.ts");
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase(inject("databaseServerUrl"));
});
afterAll(() => database.close());

/** Runs `banwatch user …` as a person at a terminal would, with `input` on standard input. */
function user(args: string[], input = ""): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, DATABASE_URL: database.url };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "user", ...args], {
    env,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += String(text)));
  child.stdin.end(input);
  return new Promise((done) => child.once("close", (code) => done({ code, said: said.trim() })));
}

test("people are added, changed, listed and removed from the command line", async () => {
  const add = (email: string, ...more: string[]) =>
    user(["add", email, "--name", "Ada", ...more], "correct horse battery\n");
  expect(await user(["list"])).toMatchObject({ code: 0, said: expect.stringContaining("Nobody yet") });
  expect(await add("Ada@example.org", "--role", "admin")).toMatchObject({ code: 0 });
  expect(await add("bob@example.org")).toMatchObject({
    code: 0,
    said: "bob@example.org may sign in as viewer.",
  });
  expect(await user(["role", "bob@example.org", "operator"])).toMatchObject({ code: 0 });
  expect(await user(["sign-out", "bob@example.org"])).toMatchObject({
    said: "0 sessions of bob@example.org ended.",
  });
  expect(await user(["password", "bob@example.org"], "battery staple horse\n")).toMatchObject({ code: 0 });
  const { said } = await user(["list"]);
  expect(said.split("\n")).toEqual(["ada@example.org\tadmin\tAda", "bob@example.org\toperator\tAda"]);
  expect(await user(["remove", "bob@example.org"])).toMatchObject({ code: 0 });
  const written = await database.db.select().from(action).orderBy(asc(action.at));
  expect(written.map(({ actorName, verb, subject }) => [actorName, verb, subject])).toEqual([
    ["command line", "create_user", "ada@example.org (admin)"],
    ["command line", "create_user", "bob@example.org (viewer)"],
    ["command line", "change_role", "bob@example.org"],
    ["command line", "end_sessions", "bob@example.org"],
    ["command line", "change_password", "bob@example.org"],
    ["command line", "delete_user", "bob@example.org"],
  ]);
});

test("what is refused is one sentence and a failure", async () => {
  const short = await user(["add", "eve@example.org", "--name", "Eve"], "short\n");
  expect(short).toEqual({ code: 1, said: "The password needs at least 12 characters." });
  const role = await user(["role", "ada@example.org", "king"]);
  expect(role).toEqual({ code: 1, said: "“king” is not a role: choose one of viewer, operator, admin." });
  const unknown = await user(["remove", "nobody@example.org"]);
  expect(unknown).toEqual({ code: 1, said: "There is no user with the address nobody@example.org." });
  const last = await user(["remove", "ada@example.org"]);
  expect(last).toEqual({ code: 1, said: "This is the last admin: make somebody else an admin first." });
});
