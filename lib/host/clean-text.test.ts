import { expect, test } from "vitest";
import { cleanHostName, cleanText, firstFreeName } from "./clean-text.ts";

test("text from a host loses what would change the page or the terminal around it", () => {
  expect(cleanText("a\u001b[31mb\u202ec\u0000\nd", 100)).toBe("a [31mb c d");
  expect(cleanText("x".repeat(50), 10)).toHaveLength(10);
});

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
