import { geo } from "../geo/geo.ts";

/** Whose data places the addresses, as its licence asks to be said. */
export type GeoAttribution = { text: string; href: string; database: string };

const PATIENCE_MS = 20;

/** Null while the database is being opened after a start: that takes seconds, and no page waits for it. */
export async function geoAttribution(): Promise<GeoAttribution | null> {
  const opened = geo().then(
    ({ attribution, database }) => ({ ...attribution, database }),
    () => null,
  );
  return Promise.race([opened, new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null))]);
}
