import { expect, test } from "vitest";
import { findDatabases } from "./find-databases.ts";
import { openMmdb } from "./mmdb.ts";

test("an IPv4-only file is never asked for an IPv6 address, for which it would answer anything", async () => {
  const databases = findDatabases({});
  if (databases.kind !== "dbip") throw new Error("this machine has GeoLite2 installed");
  const ipv4Only = await openMmdb([databases.cities[0]!]);
  expect(ipv4Only.get("8.8.8.8", 4)).not.toBeNull();
  expect(ipv4Only.get("2a00:1450:4001::1", 6)).toBeNull();
});
