import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGeo } from "./geo.ts";

/** MaxMind's own test databases (github.com/maxmind/MaxMind-DB, test-data), which are not part of this project. */
const FOLDER =
  process.env.BANWATCH_TEST_GEO_DIR ??
  join(import.meta.dirname, "../../../shared/corpora/geo-maxmind-testdata");
const city = join(FOLDER, "GeoLite2-City-Test.mmdb");
const asn = join(FOLDER, "GeoLite2-ASN-Test.mmdb");
const present = existsSync(city) && existsSync(asn);

if (!present && process.env.CI !== "true") {
  console.warn(
    `GeoLite2 is not tested: ${FOLDER} has no test databases. Set BANWATCH_TEST_GEO_DIR to their folder.`,
  );
}

describe.runIf(present || process.env.CI === "true")("GeoLite2", () => {
  const open = () => openGeo({ kind: "maxmind", city, asn });

  test("places IPv4, IPv6 and IPv4-mapped addresses", async () => {
    const places = await open();
    const london = { countryCode: "GB", city: "London", placeId: places.locate("81.2.69.142").placeId };
    expect(places.locate("81.2.69.160")).toMatchObject(london);
    expect(places.locate("::ffff:81.2.69.160")).toMatchObject(london);
    expect(places.locate("89.160.20.112")).toMatchObject({
      countryCode: "SE",
      city: "Linköping",
      asn: 29_518,
    });
    expect(places.locate("2001:218::1")).toMatchObject({ countryCode: "JP", city: null, latitude: null });
  });

  test("names networks also of addresses that have no place", async () => {
    const places = await open();
    expect(places.locate("1.128.0.0")).toMatchObject({ asn: 1_221, networkName: "Telstra Pty Ltd" });
    expect(places.locate("12.81.96.1")).toMatchObject({ asn: 7_018, networkName: null });
  });

  test("works without the database of networks", async () => {
    const places = await openGeo({ kind: "maxmind", city, asn: null });
    expect(places.locate("89.160.20.112")).toMatchObject({ city: "Linköping", asn: 0 });
    expect(places.database).toContain("without GeoLite2-ASN");
  });

  test("says what its licence asks for", async () => {
    const { attribution } = await open();
    expect(attribution.text).toBe(
      "This product includes GeoLite2 Data created by MaxMind, available from https://www.maxmind.com",
    );
  });
});
