import { expect, test } from "vitest";
import { bannableChecks, type Protected, whyNotBannable } from "./why-not-bannable.ts";

const nothing: Protected = { app: [], operator: null, people: [], hosts: [], allowed: [] };
const world: Protected = {
  app: ["192.0.2.1", "2001:db8::1"],
  operator: "198.51.100.7",
  people: [{ name: "Ada", address: "198.51.100.8" }],
  hosts: [
    { name: "web-1", own: ["203.0.113.1"], gateways: ["203.0.113.254"], resolvers: ["9.9.9.9", "10.0.0.53"] },
  ],
  allowed: ["203.0.113.64/28"],
};

test.each(["203.0.113.9", "203.0.113.16/28", "2001:db8:1::/48", "8.0.0.0/8", " 203.0.113.9 "])(
  "%s can be banned",
  (text) => {
    expect(whyNotBannable(text, world)).toBeNull();
  },
);

test.each([
  ["", "neither"],
  ["example.org", "neither"],
  ["203.0.113.9; rm -rf /", "neither"],
  ["203.0.113.300", "neither"],
  ["127.0.0.1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["10.1.2.3", "private"],
  ["192.168.0.0/16", "private"],
  ["fe80::1", "link-local"],
  ["0.0.0.0/0", "“this network”"],
  ["::/0", "the unspecified address"],
  ["32.0.0.0/7", "too wide"],
  ["2000::/12", "too wide"],
  ["192.0.2.0/24", "this Banwatch's own"],
  ["2001:db8::1", "this Banwatch's own"],
  ["198.51.100.7", "You are browsing from 198.51.100.7"],
  ["198.51.100.0/24", "You are browsing from"],
  ["198.51.100.8", "Ada is signed in"],
  ["203.0.113.1", "an address of your host web-1"],
  ["203.0.113.254", "gateway of web-1"],
  ["9.9.9.9", "name server of web-1"],
  ["203.0.113.70", "A rule allows 203.0.113.64/28"],
  ["203.0.113.64/26", "A rule allows 203.0.113.64/28"],
])("%s can't be banned: %s", (text, why) => {
  expect(whyNotBannable(text, world)).toContain(why);
});

test("every check that was made is named", () => {
  const checks = bannableChecks("203.0.113.9", nothing);
  expect(checks.length).toBeGreaterThanOrEqual(7);
  expect(checks.every((check) => check.passed)).toBe(true);
});
