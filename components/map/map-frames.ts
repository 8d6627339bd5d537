import type { MapFrame, MapHours } from "../../lib/query/map-hours.ts";
import type { MapPlace } from "../../lib/query/map-circles.ts";
import type { Excess } from "../../lib/query/usual.ts";

const HOUR_MS = 3_600_000;

export type HourPlace = MapPlace & { attacks: number; excess: Excess | null };

/** The places of one hour, the largest first. */
export function placesOfHour(hours: MapHours, index: number): HourPlace[] {
  const frame = hours.frames[index];
  if (frame === undefined) return [];
  const places: HourPlace[] = [];
  for (let at = 0; at < frame.cells.length; at += 2) {
    const placeIndex = frame.cells[at] ?? 0;
    const place = hours.places[placeIndex];
    if (place === undefined) continue;
    places.push({ ...place, attacks: frame.cells[at + 1] ?? 0, excess: frame.excess[placeIndex] ?? null });
  }
  return places.toSorted((a, b) => b.attacks - a.attacks || a.placeId - b.placeId);
}

/** The largest count of any place in any hour: what all circles of the page are measured against. */
export function referenceOf(hours: MapHours): number {
  let largest = 0;
  for (const frame of hours.frames) {
    for (let at = 1; at < frame.cells.length; at += 2) largest = Math.max(largest, frame.cells[at] ?? 0);
  }
  return largest;
}

/** Puts the newest frames over the known ones; frames that fell off at the old end stay until all is loaded again. */
export function mergeHours(known: MapHours, tail: MapHours): MapHours {
  if (tail.asOfMs <= known.asOfMs) return known;
  const start = (tail.firstHourMs - known.firstHourMs) / HOUR_MS;
  if (start < 0 || start > known.frames.length) return known;
  const places = [...known.places];
  const indexOf = new Map(places.map((place, index) => [place.placeId, index]));
  const moved = tail.places.map((place) => {
    const index = indexOf.get(place.placeId);
    if (index !== undefined) return index;
    places.push(place);
    return places.length - 1;
  });
  const frames = tail.frames.map((frame): MapFrame => ({
    ...frame,
    cells: frame.cells.map((value, at) => (at % 2 === 0 ? (moved[value] ?? 0) : value)),
    excess: Object.fromEntries(
      Object.entries(frame.excess).map(([index, excess]) => [moved[Number(index)] ?? 0, excess]),
    ),
  }));
  return {
    ...known,
    asOfMs: tail.asOfMs,
    places,
    frames: [...known.frames.slice(0, start), ...frames],
    countryNames: { ...known.countryNames, ...tail.countryNames },
  };
}

/**
 * The hour that is shown while following live: the last full one, so that circles stand still until the next is
 * full. On an instance that is younger than that, the running one.
 */
export function liveIndex(hours: MapHours): number {
  const running = hours.frames.length - 1;
  const before = hours.frames[running - 1];
  return before !== undefined && before.attacks > 0 ? running - 1 : running;
}

/** `2026-11-20T02` */
export function hourName(hourMs: number): string {
  return new Date(hourMs).toISOString().slice(0, 13);
}
