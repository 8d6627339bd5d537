import { expect, test } from "vitest";
import { parsePrefix } from "../event/address.ts";
import { peerAddress } from "./peer-address.ts";

const proxies = [parsePrefix("127.0.0.0/8")!, parsePrefix("10.0.0.1")!];

test.each([
  ["no header", {}, null],
  ["the socket's address", { "x-banwatch-peer": "203.0.113.9" }, "203.0.113.9"],
  ["an IPv4 address on an IPv6 socket", { "x-banwatch-peer": "::ffff:203.0.113.9" }, "203.0.113.9"],
  [
    "a forged X-Forwarded-For from a stranger",
    { "x-banwatch-peer": "203.0.113.9", "x-forwarded-for": "198.51.100.1" },
    "203.0.113.9",
  ],
  [
    "the client behind two trusted proxies",
    { "x-banwatch-peer": "127.0.0.1", "x-forwarded-for": "198.51.100.1, 10.0.0.1" },
    "198.51.100.1",
  ],
  [
    "what a client put before its own address",
    { "x-banwatch-peer": "127.0.0.1", "x-forwarded-for": "192.0.2.66, 198.51.100.1" },
    "198.51.100.1",
  ],
  [
    "the proxy itself when the header is nonsense",
    { "x-banwatch-peer": "127.0.0.1", "x-forwarded-for": "unknown" },
    "127.0.0.1",
  ],
])("%s", (_, headers, expected) => {
  expect(peerAddress(new Headers(headers as Record<string, string>), proxies)).toBe(expected);
});
