import { expect, test } from "vitest";
import { readCityRecord } from "./city-record.ts";
import { placeIdOf } from "./place-id.ts";

test("a nested record is read by its English names", () => {
  expect(
    readCityRecord({
      city: { names: { de: "Mailand", en: "Milan" } },
      country: { iso_code: "IT" },
      subdivisions: [{ names: { en: "Lombardy" } }],
      location: { latitude: 45.46, longitude: 9.19 },
    }),
  ).toEqual({ countryCode: "IT", region: "Lombardy", city: "Milan", latitude: 45.46, longitude: 9.19 });
});

test("a flat record is read, and the district left out of its city", () => {
  const flat = { country_code: "DE", state1: "Hesse", latitude: 50.1, longitude: 8.6 };
  const gallus = readCityRecord({ ...flat, city: "Frankfurt am Main (Gallus)" });
  expect(gallus).toEqual({
    countryCode: "DE",
    region: "Hesse",
    city: "Frankfurt am Main",
    latitude: 50.1,
    longitude: 8.6,
  });
  expect(readCityRecord({ ...flat, city: "Frankfurt am Main" })).toEqual(gallus);
});

test("a country without a city has no coordinates: they would be a false place", () => {
  expect(
    readCityRecord({ country: { iso_code: "US" }, location: { latitude: 37.7, longitude: -97.8 } }),
  ).toEqual({
    countryCode: "US",
    region: "",
    city: null,
    latitude: null,
    longitude: null,
  });
  expect(readCityRecord({ country_code: "US", city: "", latitude: 1, longitude: 1 })).toMatchObject({
    city: null,
    latitude: null,
  });
});

test("an address of which only the registration is known belongs to that country", () => {
  expect(readCityRecord({ registered_country: { iso_code: "CN" } })).toMatchObject({ countryCode: "CN" });
});

test.each([null, undefined, 7, "DE", {}, { country_code: "" }, { country: {} }, { country_code: "ZZ" }])(
  "%j is no place",
  (record) => {
    expect(readCityRecord(record)).toBeNull();
  },
);

test("coordinates that aren't degrees are left out", () => {
  const record = { country_code: "FR", city: "Paris", latitude: Number.NaN, longitude: 2 };
  expect(readCityRecord(record)).toMatchObject({ city: "Paris", latitude: null, longitude: null });
});

test("a place's number is the same everywhere, and another for another place", () => {
  expect(placeIdOf("DE", "Hesse", "Frankfurt am Main")).toBe(placeIdOf("DE", "Hesse", "Frankfurt am Main"));
  expect(placeIdOf("DE", "Brandenburg", "Frankfurt")).not.toBe(placeIdOf("DE", "Hesse", "Frankfurt"));
  expect(Number.isSafeInteger(placeIdOf("DE", "", ""))).toBe(true);
});
