"use client";

import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { X } from "lucide-react";
import { useMap, useMapEvents } from "react-leaflet";
import type { CityHour } from "../../lib/query/city-hour.ts";
import { counted, factor, whole } from "../charts/format.ts";
import { buttonClass } from "../ui/button.tsx";
import { circleRadius } from "./circle-scale.ts";
import type { HourPlace } from "./map-frames.ts";
import { mapLongitude } from "./world-geometry.ts";

const WIDTH = 264;
const GAP = 26;

/** What is known of the selected city, beside its circle and never over it, with a line between the two. */
export function CityPanel({
  place,
  countryName,
  query,
  reference,
  largest,
  onClose,
}: {
  place: HourPlace;
  countryName: string;
  /** Names the hour and the filters, for the server. */
  query: string;
  reference: number;
  largest: number;
  onClose: () => void;
}) {
  const map = useMap();
  const [, setVersion] = useState(0);
  const again = () => setVersion((before) => before + 1);
  useMapEvents({ move: again, zoom: again, resize: again, viewreset: again });
  const [answer, setAnswer] = useState<{ query: string; city: CityHour } | null>(null);
  const city = answer?.query === query ? answer.city : null;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const response = await fetch(`/api/query/map/city?${query}&city=${place.placeId}`, {
        signal: stop.signal,
      });
      if (response.ok) setAnswer({ query, city: (await response.json()) as CityHour });
    };
    // Without an answer the panel keeps its dots; the next hour or city asks again.
    load().catch(() => undefined);
    return () => stop.abort();
  }, [query, place.placeId]);

  const point = map.latLngToContainerPoint([place.latitude, mapLongitude(place.longitude)]);
  const size = map.getSize();
  const r = circleRadius(place.attacks, reference, largest) + 3;
  const onLeft = point.x - r - GAP - WIDTH > 8;
  const left = Math.min(
    size.x - WIDTH - 8,
    Math.max(8, onLeft ? point.x - r - GAP - WIDTH : point.x + r + GAP),
  );
  const top = Math.min(Math.max(8, point.y - 156), Math.max(8, size.y - 216));
  const rows: [string, React.ReactNode][] = [
    ["Addresses", city ? `${whole(city.addresses)}, ${whole(city.blocked)} of them blocked` : "…"],
    [
      "Network",
      city === null ? (
        "…"
      ) : city.network ? (
        <>
          {city.network.name} <span className="text-t3">AS{city.network.asn}</span>
        </>
      ) : (
        "Unknown"
      ),
    ],
    ["Jail", city ? <span className="mono">{city.detector ?? "none"}</span> : "…"],
    ["Hosts hit", city ? whole(city.hostsHit) : "…"],
  ];
  return createPortal(
    <>
      {onLeft ? (
        <span
          aria-hidden
          className="absolute z-[601] h-px bg-t1 max-tab:hidden"
          style={{ left: left + WIDTH, top: point.y, width: Math.max(0, point.x - r - left - WIDTH) }}
        />
      ) : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Esc closes it */}
      <div
        ref={panel}
        /* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- placed by the map, not by the top layer */
        role="dialog"
        aria-label={`${place.city}, ${countryName}`}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
        className="floating appear absolute z-[602] p-3.5 outline-none max-tab:!inset-x-3 max-tab:!top-auto max-tab:!bottom-3 max-tab:!w-auto"
        style={{ left, top, width: WIDTH }}
      >
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="touchable absolute top-3 right-3 grid size-6 place-items-center text-t2 hover:text-t1"
        >
          <X aria-hidden className="size-4" />
        </button>
        <p className="pr-8 text-14 font-head">
          {place.city}, {countryName}
        </p>
        <p className="font-head">
          {counted(place.attacks, "attack")}{" "}
          {place.excess ? (
            <span className="text-acc">
              {place.excess.kind === "new"
                ? "not usual at this hour"
                : `${factor(place.excess.factor)} usual`}
            </span>
          ) : null}
        </p>
        <dl className="mt-2 grid grid-cols-[78px_1fr] gap-y-0.5">
          {rows.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-t2">{name}</dt>
              <dd className="min-w-0 truncate">{value}</dd>
            </div>
          ))}
        </dl>
        <Link href={`/bans?place=${place.placeId}`} className={`${buttonClass("outline")} mt-3 w-full`}>
          {city && city.blocked > 0
            ? `Show ${counted(city.blocked, "blocked address", "blocked addresses")}`
            : "Show its bans"}
        </Link>
      </div>
    </>,
    map.getContainer(),
  );
}
