/** Where an address is, as far as the databases know. */
export type Located = {
  /** 0: unknown. */
  placeId: number;
  /** ISO 3166-1 alpha-2; `ZZ` unknown. */
  countryCode: string;
  city: string | null;
  /** Degrees, WGS 84; null when only the country is known. */
  latitude: number | null;
  longitude: number | null;
  /** Autonomous system number; 0 unknown. */
  asn: number;
  networkName: string | null;
};

export type Geo = {
  /** Of a single address, or of the first address of a prefix. Private and special addresses are unknown. */
  locate(address: string): Located;
  /** What the page must say for the data's licence, and where it must link. */
  attribution: { text: string; href: string };
  /** Which database answers, for the admin: name and build date. */
  database: string;
};

export const UNKNOWN_COUNTRY = "ZZ";

export const UNKNOWN: Located = {
  placeId: 0,
  countryCode: UNKNOWN_COUNTRY,
  city: null,
  latitude: null,
  longitude: null,
  asn: 0,
  networkName: null,
};
