/** What a city database says of an address, whichever shape its records have. */
export type CityRecord = {
  countryCode: string;
  /** Empty when not known. */
  region: string;
  city: string | null;
  latitude: number | null;
  longitude: number | null;
};

/**
 * Reads a record of GeoLite2-City (nested: `country.iso_code`, `city.names.en`, `location.latitude`) or of DB-IP's
 * Lite database as npm has it (flat: `country_code`, `state1`, `city`, `latitude`). Null when it names no country.
 */
export function readCityRecord(record: unknown): CityRecord | null {
  if (!isObject(record)) return null;
  return "country_code" in record ? readFlat(record) : readNested(record);
}

function readFlat(record: Fields): CityRecord | null {
  const countryCode = countryCodeOf(record.country_code);
  if (countryCode === null) return null;
  return place(countryCode, textOf(record.state1), textOf(record.city), record.latitude, record.longitude);
}

function readNested(record: Fields): CityRecord | null {
  // An address of a company abroad may have only the country where it is registered.
  const countryCode =
    countryCodeOf(fieldsOf(record.country).iso_code) ??
    countryCodeOf(fieldsOf(record.registered_country).iso_code);
  if (countryCode === null) return null;
  const subdivisions = Array.isArray(record.subdivisions) ? (record.subdivisions as unknown[]) : [];
  const region = textOf(fieldsOf(fieldsOf(subdivisions[0]).names).en);
  const city = textOf(fieldsOf(fieldsOf(record.city).names).en);
  const location = fieldsOf(record.location);
  return place(countryCode, region, city, location.latitude, location.longitude);
}

/** Without a city the coordinates are the middle of a country, where nobody attacks from: they are left out. */
function place(
  countryCode: string,
  region: string,
  cityText: string,
  latitude: unknown,
  longitude: unknown,
): CityRecord {
  const city = withoutDistrict(cityText);
  const located = city !== "" && isDegrees(latitude, 90) && isDegrees(longitude, 180);
  return {
    countryCode,
    region: city === "" ? "" : region,
    city: city === "" ? null : city,
    latitude: located ? latitude : null,
    longitude: located ? longitude : null,
  };
}

/** DB-IP writes the district behind the city: `Frankfurt am Main (Gallus)`. */
function withoutDistrict(city: string): string {
  return city.replace(/\s*\([^()]*\)\s*$/, "").trim();
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function countryCodeOf(value: unknown): string | null {
  return typeof value === "string" && /^[A-Z]{2}$/.test(value) && value !== "ZZ" ? value : null;
}

function isDegrees(value: unknown, limit: number): value is number {
  return typeof value === "number" && Math.abs(value) <= limit;
}
