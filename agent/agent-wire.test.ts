import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventSchema } from "../lib/wire/wire.ts";
import { createLineParser } from "./parse/parse-line.ts";

describe("what a parser makes of any text", () => {
  const parser = createLineParser({ timeZone: "Europe/Berlin" });

  it("never fails, and never makes an event that the wire refuses", () => {
    const start = "2022-06-07 08:09:10,111 fail2ban.actions        [1]: NOTICE  ";
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 600 }),
      fc.string({ unit: "binary", maxLength: 400 }).map((rest) => start + rest),
      fc.string({ unit: "binary", maxLength: 400 }).map((rest) => `${start}[sshd] Ban ${rest}`),
      fc.string({ unit: "binary", maxLength: 400 }).map((rest) => `${start}[${rest}] Ban 192.0.2.1`),
    );
    fc.assert(
      fc.property(text, (line) => {
        const result = parser.parse(line);
        expect(result.kind !== "event" || eventSchema.safeParse(result.event).success).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
