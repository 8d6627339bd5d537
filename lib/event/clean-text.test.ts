import { expect, test } from "vitest";
import { cleanSentence, cleanText } from "./clean-text.ts";

test("a name shows each character that it must not have, so that no two names become one by hiding", () => {
  expect(cleanText("Jürgen\u0000\u202e", 100)).toBe("Jürgen\ufffd\ufffd");
  expect(cleanText("a\ufff9b\u206fc\ud800", 100)).toBe("a\ufffdb\ufffdc\ufffd");
  expect(cleanText("ab\u{1f600}", 3)).toBe("ab\ufffd");
});

test("a sentence loses what would change the page or the terminal around it", () => {
  expect(cleanSentence("a\u001b[31mb\u202ec\u0000\nd", 100)).toBe("a [31mb c d");
  expect(cleanSentence("\tip  saddr\n", 100)).toBe("ip  saddr");
  expect(cleanSentence("x".repeat(50), 10)).toHaveLength(10);
  expect(cleanSentence("\ud800", 10)).toBe("\ufffd");
});
