import type pg from "pg";
import type { AttackFilter, HourWindow } from "./attack-filter.ts";
import { hourlySums, usualSums } from "./hourly-sums.ts";
import { type Excess, excessOf, type UsualState } from "./usual.ts";

export type MapCircle = {
  placeId: number;
  city: string;
  countryCode: string;
  latitude: number;
  longitude: number;
  attacks: number;
  excess: Excess | null;
};

export type MapCircles = {
  /** The largest first. */
  circles: MapCircle[];
  /** With a city, and all of them: the rest is in the lists and not on the map. */
  placedAttacks: number;
  attacks: number;
};

export async function mapCircles(
  pool: pg.Pool,
  filter: AttackFilter,
  window: HourWindow,
  state: UsualState,
): Promise<MapCircles> {
  const [sums, usual] = await Promise.all([
    hourlySums(pool, "place", filter, window),
    usualSums(pool, "place", filter, window, state),
  ]);
  const places = await loadPlaces(pool, [...sums.keys()]);
  let attacks = 0;
  const circles: MapCircle[] = [];
  for (const [key, sum] of sums) {
    const count = Math.round(sum);
    attacks += count;
    const place = places.get(key);
    if (place === undefined || count === 0) continue;
    circles.push({
      ...place,
      attacks: count,
      excess: excessOf(count, usual === null ? null : (usual.get(key) ?? 0)),
    });
  }
  circles.sort((a, b) => b.attacks - a.attacks || a.placeId - b.placeId);
  return { circles, attacks, placedAttacks: circles.reduce((total, circle) => total + circle.attacks, 0) };
}

export type MapPlace = Omit<MapCircle, "attacks" | "excess">;

/** The places that have coordinates, by id. */
export async function loadPlaces(
  pool: pg.Pool,
  ids: readonly (string | number)[],
): Promise<Map<string, MapPlace>> {
  const { rows } = await pool.query<MapPlace>(
    `select id::float8 as "placeId", coalesce(city, '') as city, country_code as "countryCode", latitude, longitude
     from place where id = any($1::bigint[]) and latitude is not null and longitude is not null`,
    [ids],
  );
  return new Map(rows.map((row) => [String(row.placeId), row]));
}
