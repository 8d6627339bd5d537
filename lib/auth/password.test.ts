import { expect, test } from "vitest";
import { emailSchema, nameSchema, passwordProblem } from "./password.ts";

const person = { name: "Ada Lovelace", email: "ada.l@example.org" };

test("long passwords of any characters will do", () => {
  expect(passwordProblem("correct horse battery", person)).toBeNull();
  expect(passwordProblem("ünïcödé-and-more", person)).toBeNull();
});

test.each([
  "short",
  "aaaaaaaaaaaaaaaa",
  "123456789012345",
  "AdaLovelace1815",
  "banwatchbanwatch1",
  "password1234",
  "x".repeat(129),
])("%s is refused", (password) => {
  expect(passwordProblem(password, person)).toMatch(/^The password/);
});

test("e-mail addresses are kept in lower case, names without control characters", () => {
  expect(emailSchema.parse(" Ada@Example.ORG ")).toBe("ada@example.org");
  expect(emailSchema.safeParse("ada").success).toBe(false);
  expect(nameSchema.safeParse("Ada\u202eevil").success).toBe(false);
  expect(nameSchema.parse(" Ada ")).toBe("Ada");
});
