import { expect, it } from "vitest";
import { parsePrefix } from "../../lib/event/address.ts";
import { lockoutsIn, neverBlocked } from "./lockout.ts";

const prefix = (text: string) => parsePrefix(text)!;

it.each([
  "0.0.0.0/0",
  "::/0",
  "64.0.0.0/7",
  "2600::/15",
  "127.0.0.1",
  "10.1.2.3",
  "fe80::1",
  "172.20.0.0/16",
])("never lets %s be blocked", (text) => {
  expect(neverBlocked(prefix(text))).toContain(`${text} is not blocked`);
});

it.each(["203.0.113.7", "64.0.0.0/8", "2600::/16", "172.32.0.1", "100.1.2.3", "2001:db8::1"])(
  "lets %s be blocked",
  (text) => {
    expect(neverBlocked(prefix(text))).toBeNull();
  },
);

it("never lets the host's own address be blocked", () => {
  const deny = ["203.0.113.7", "198.51.100.0/24", "192.0.2.1"].map(prefix);
  const found = lockoutsIn(deny, ["203.0.113.7", "198.51.100.9"]);
  expect(found.map((one) => one.prefix.text)).toEqual(["203.0.113.7", "198.51.100.0/24"]);
});
