import { beforeAll, expect, test } from "vitest";
import { findDatabases } from "./find-databases.ts";
import { type Geo, openGeo } from "./geo.ts";

/** The database that comes with Banwatch, as it is on every machine. */
let places: Geo;

beforeAll(async () => {
  const databases = findDatabases({});
  places = await openGeo(databases);
});

test("an address is placed in its city, and named with its network", () => {
  expect(places.locate("8.8.8.8")).toMatchObject({
    countryCode: "US",
    city: "Mountain View",
    asn: 15_169,
    networkName: "Google LLC",
  });
});

test("IPv6 is asked of the IPv6 database", () => {
  expect(places.locate("2a00:1450:4001::1")).toMatchObject({ countryCode: "DE", asn: 15_169 });
});

test("a prefix is placed by its first address", () => {
  expect(places.locate("8.8.8.0/24").placeId).toBe(places.locate("8.8.8.8").placeId);
});

test.each([
  "10.1.2.3",
  "127.0.0.1",
  "172.16.5.5",
  "192.168.1.1",
  "169.254.1.1",
  "100.64.0.1",
  "240.0.0.1",
  "0.0.0.0/4",
  "fe80::1",
  "fd00::1",
  "::1",
  "192.0.2.7",
  "2001:db8::1",
  "not an address",
])("%s is nowhere", (address) => {
  expect(places.locate(address)).toMatchObject({ placeId: 0, countryCode: "ZZ", city: null, asn: 0 });
});

test("an address just outside of the networks that are known has none", () => {
  // 1.0.0.0 to 1.0.0.255 is one of the first networks there is.
  expect(places.locate("1.0.0.255").asn).toBe(13_335);
  expect(places.locate("0.255.255.255").asn).toBe(0);
});

test("the licence of the data is named and linked", () => {
  expect(places.attribution.href).toBe("https://db-ip.com");
  expect(places.attribution.text).toContain("DB-IP");
});

test("a folder that was named and has no database is a clear sentence, not another database", () => {
  expect(() => findDatabases({ BANWATCH_GEO_DIR: "/nonexistent" })).toThrow(
    "there is no GeoLite2-City.mmdb in it",
  );
});
