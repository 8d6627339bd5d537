import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { ensureInstance } from "../instance/instance.ts";
import { authorise } from "./authorise.ts";

let demonstration: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  demonstration = await createTestDatabase(inject("databaseServerUrl"));
  await ensureInstance(demonstration, { demo: true });
});
afterAll(() => demonstration.close());

test("a demonstration lets anybody in, as a guest who is no admin", async () => {
  const guest = await authorise(new Headers(), "operator", demonstration);
  expect(guest).toMatchObject({ name: "Guest", role: "operator" });
  await expect(authorise(new Headers(), "admin", demonstration)).rejects.toMatchObject({
    code: "not_allowed",
  });
});

test("not even a demonstration answers to another web site", async () => {
  const foreign = new Headers({ origin: "https://elsewhere.example", host: "127.0.0.1:3000" });
  await expect(authorise(foreign, "viewer", demonstration)).rejects.toMatchObject({ code: "not_allowed" });
});
