import { createHash } from "node:crypto";

/**
 * The id of a place: 52 bits of a hash of country, region and city, so that every instance makes the same one without
 * asking, and JavaScript holds it exactly. Never 0, which is the unknown place.
 */
export function placeIdOf(countryCode: string, region: string, city: string): number {
  const digest = createHash("sha256").update(`${countryCode}|${region}|${city}`).digest();
  const id = Number(digest.readBigUInt64BE(0) >> 12n);
  return id === 0 ? 1 : id;
}
