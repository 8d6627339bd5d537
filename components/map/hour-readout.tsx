"use client";

import type { GeoAttribution } from "../../lib/query/geo-attribution.ts";
import type { MapHours } from "../../lib/query/map-hours.ts";
import { Bar } from "../charts/bar.tsx";
import { clockMinute, clockTime, counted, factor, longDay, share, whole } from "../charts/format.ts";
import type { HourPlace } from "./map-frames.ts";

const HOUR_MS = 3_600_000;
const TOP = 7;

/** What the map shows, in words: the hour, its total against usual, and its largest cities. */
export function HourReadout({
  hours,
  index,
  places,
  following,
  attribution,
  onSelect,
}: {
  hours: MapHours;
  index: number;
  places: readonly HourPlace[];
  following: boolean;
  attribution: GeoAttribution | null;
  onSelect: (placeId: number) => void;
}) {
  const startMs = hours.firstHourMs + index * HOUR_MS;
  const running = index === hours.frames.length - 1;
  const frame = hours.frames[index];
  const attacks = frame?.attacks ?? 0;
  const usual = frame?.usual;
  const placed = places.reduce((sum, place) => sum + place.attacks, 0);
  const most = places[0]?.attacks ?? 0;
  return (
    <section
      aria-label="The hour shown"
      className="pointer-events-none px-4 py-3 tab:absolute tab:bottom-4 tab:left-8 tab:z-[550] tab:w-[268px] tab:p-0"
    >
      <p className="text-t2 map-halo">{longDay(startMs)}</p>
      <p className="text-26 font-strong map-halo">
        {clockMinute(startMs)} – {running ? "now" : clockMinute(startMs + HOUR_MS)}
      </p>
      <p className="map-halo">
        {counted(attacks, "attack")}
        {usual && usual.median >= 1 && !running ? `, ${factor(attacks / usual.median)} usual` : ""}
      </p>
      <p className="text-t2 map-halo">
        {attacks === 0
          ? "No attacks in this hour"
          : `from ${counted(places.length, "city", "cities")} in ${counted(frame?.countries ?? 0, "country", "countries")}`}
      </p>
      <ol className="pointer-events-auto mt-2">
        {places.slice(0, TOP).map((place) => (
          <li key={place.placeId} className="max-tab:[&:nth-child(n+5)]:hidden">
            <button
              type="button"
              onClick={() => onSelect(place.placeId)}
              className="ease-colour -mx-2 flex h-11 w-[calc(100%+16px)] items-center rounded-mark px-2 text-left hover:bg-s2 tab:h-[23px]"
            >
              <span className="flex min-w-0 flex-1 items-baseline gap-1.5 pr-2">
                <span className="truncate map-halo">{place.city}</span>
                {place.excess ? (
                  <span className="text-12 font-strong text-acc">
                    {place.excess.kind === "new" ? "new" : factor(place.excess.factor)}
                  </span>
                ) : null}
              </span>
              <span className="w-[82px] shrink-0">
                <Bar value={place.attacks} most={most} high={place.excess !== null} />
              </span>
              <span className="w-[46px] shrink-0 text-right map-halo">{whole(place.attacks)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="pointer-events-auto mt-2 text-12 leading-[16px] text-t3 map-halo">
        {attacks > 0
          ? `${share(placed, attacks).replace(/\.\d/, "")} placed by city, the rest only by country and not drawn. `
          : ""}
        {attribution ? (
          <>
            <a
              href={attribution.href}
              target="_blank"
              rel="noreferrer"
              className="underline decoration-line2 underline-offset-2"
            >
              {attribution.text}
            </a>
            . {attribution.database}.{" "}
          </>
        ) : null}
        Updated at {clockTime(hours.asOfMs)}
        {following ? "" : ", not following"}.
      </p>
    </section>
  );
}
