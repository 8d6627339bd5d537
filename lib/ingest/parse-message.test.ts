import { expect, test } from "vitest";
import { BATCH_MAX_EVENTS, batchSchema } from "../wire/wire.ts";
import { parseMessage } from "./parse-message.ts";

const event = { timeMs: 1, kind: "attempt", source: "sshd", count: 1, sourceIp: "192.0.2.1" };
const batch = { version: 1, firstSequence: 1, events: [event] };

test("a batch is read", () => {
  expect(parseMessage(batchSchema, JSON.stringify(batch))).toEqual(batch);
});

test.each([
  ["text that isn't JSON", "{", "batch_malformed"],
  ["nothing", "", "batch_malformed"],
  ["no events", JSON.stringify({ ...batch, events: [] }), "batch_malformed"],
  ["an unknown field", JSON.stringify({ ...batch, extra: 1 }), "batch_malformed"],
  [
    "an address that isn't one",
    JSON.stringify({ ...batch, events: [{ ...event, sourceIp: "1.2.3" }] }),
    "batch_malformed",
  ],
  [
    "text that is too long",
    JSON.stringify({ ...batch, events: [{ ...event, userName: "x".repeat(257) }] }),
    "batch_malformed",
  ],
  ["a count of nothing", JSON.stringify({ ...batch, events: [{ ...event, count: 0 }] }), "batch_malformed"],
  [
    "a count that no column holds",
    JSON.stringify({ ...batch, events: [{ ...event, count: 1e12 }] }),
    "batch_malformed",
  ],
  [
    "too many events",
    JSON.stringify({ ...batch, events: Array.from({ length: BATCH_MAX_EVENTS + 1 }, () => event) }),
    "batch_too_large",
  ],
  ["another version", JSON.stringify({ ...batch, version: 2, shape: "unknown" }), "version_unsupported"],
  ["a version that is no number", JSON.stringify({ ...batch, version: "1" }), "batch_malformed"],
])("%s is refused with a stable code", (_, text, code) => {
  expect(() => parseMessage(batchSchema, text)).toThrow(expect.objectContaining({ code }));
});
