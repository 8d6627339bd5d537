import maxmind, { type Reader, type Response } from "maxmind";

/** One city or network database: one file for both families, or one for each. */
export type Mmdb = {
  get(address: string, family: 4 | 6): unknown;
  /** The oldest build of its files. */
  builtAt: Date;
};

/** Reads the files whole into memory. Throws when one is missing or isn't a MaxMind database. */
export async function openMmdb(paths: readonly string[]): Promise<Mmdb> {
  const readers = await Promise.all(paths.map((path) => maxmind.open<Response>(path)));
  const forFamily = { 4: readerFor(readers, 4), 6: readerFor(readers, 6) };
  const builtAt = readers.map((reader) => reader.metadata.buildEpoch).toSorted((a, b) => +a - +b)[0];
  return {
    get: (address, family) => forFamily[family]?.get(address) ?? null,
    builtAt: builtAt ?? new Date(0),
  };
}

/**
 * An IPv6 file holds IPv4 too (`ipVersion` 6 in GeoLite2), but one made for IPv6 alone only answers null. An IPv4-only
 * file must never be asked for an IPv6 address: it doesn't refuse, but answers for the first 32 bits.
 */
function readerFor(readers: readonly Reader<Response>[], family: 4 | 6): Reader<Response> | undefined {
  return (
    readers.find((reader) => reader.metadata.ipVersion === family) ??
    (family === 4 ? readers.find((reader) => reader.metadata.ipVersion === 6) : undefined)
  );
}
