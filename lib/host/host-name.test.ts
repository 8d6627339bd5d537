import { expect, test } from "vitest";
import { cleanHostName, firstFreeName } from "./host-name.ts";

test.each([
  ["web-1.example.org", "web-1.example.org"],
  ["<script>alert(1)</script>", "script-alert-1-script"],
  ["  ", "host"],
  ["a\u202eb", "a-b"],
  ["..", "host"],
  ["bücher", "bücher"],
])("the host name %j becomes %j", (given, expected) => {
  expect(cleanHostName(given)).toBe(expected);
});

test("a taken name gets the first free number", () => {
  expect(firstFreeName("web", new Set())).toBe("web");
  expect(firstFreeName("web", new Set(["web", "web-2"]))).toBe("web-3");
});
