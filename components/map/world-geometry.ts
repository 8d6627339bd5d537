import type { Feature, FeatureCollection, MultiLineString, Position } from "geojson";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** The world is cut here, in the Bering Strait, so that Asia stays whole. Degrees east. */
const CUT = -169;
const ANTARCTICA = "010";

export type World = { land: FeatureCollection; borders: MultiLineString };

type Countries = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

/** A longitude as the map has it: from −169 to 191. */
export function mapLongitude(longitude: number): number {
  return longitude < CUT ? longitude + 360 : longitude;
}

const loaded = new Map<string, Promise<World>>();

/** Natural Earth's countries, from this app's own static files: 1:110m for small maps, else 1:50m. */
export function loadWorld(small: boolean): Promise<World> {
  const url = small
    ? new URL("../../node_modules/world-atlas/countries-110m.json", import.meta.url)
    : new URL("../../node_modules/world-atlas/countries-50m.json", import.meta.url);
  let world = loaded.get(url.href);
  if (world === undefined) {
    world = fetch(url).then(async (response) => {
      if (!response.ok) throw new Error(`The shape of the world could not be loaded (${response.status}).`);
      return shape((await response.json()) as Countries);
    });
    world.catch(() => loaded.delete(url.href));
    loaded.set(url.href, world);
  }
  return world;
}

function shape(topology: Countries): World {
  const { countries } = topology.objects;
  const kept = countries.geometries.filter((geometry) => geometry.id !== ANTARCTICA);
  const land = feature(topology, { ...countries, geometries: kept });
  const borders = mesh(topology, { ...countries, geometries: kept }, (a, b) => a !== b);
  return {
    land: { ...land, features: land.features.map(moveFeature) },
    borders: { ...borders, coordinates: borders.coordinates.map(moveLine) },
  };
}

function moveFeature(country: Feature): Feature {
  const { geometry } = country;
  if (geometry.type === "Polygon") {
    return { ...country, geometry: { ...geometry, coordinates: geometry.coordinates.map(moveLine) } };
  }
  if (geometry.type === "MultiPolygon") {
    const coordinates = geometry.coordinates.map((rings) => rings.map(moveLine));
    return { ...country, geometry: { ...geometry, coordinates } };
  }
  return country;
}

/** Half the world: a line that spans more crosses the 180th meridian. */
const JUMP = 180;
/** Islands in the Bering Strait lie on both sides of the cut; each stays whole. */
const ISLAND = 6;

/** A line that crosses the 180th meridian goes on in the east; one that lies behind the cut moves there as a whole. */
export function moveLine(line: Position[]): Position[] {
  const longitudes = line.map(([longitude = 0]) => longitude);
  const west = Math.min(...longitudes);
  const east = Math.max(...longitudes);
  if (east - west > JUMP) return line.map((point) => ((point[0] ?? 0) < 0 ? moveEast(point) : point));
  return east < CUT + ISLAND && west < CUT ? line.map(moveEast) : line;
}

function moveEast([longitude = 0, latitude = 0]: Position): Position {
  return [longitude + 360, latitude];
}
