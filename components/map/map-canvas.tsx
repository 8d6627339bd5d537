"use client";

import { useCallback, useMemo, useState } from "react";
import type L from "leaflet";
import { CircleLayer } from "./circle-layer.tsx";
import { CityPanel } from "./city-panel.tsx";
import { ExposeMap, ZoomButtons } from "./map-controls.tsx";
import type { HourPlace } from "./map-frames.ts";
import { usePulses } from "./use-pulses.ts";
import { type MapView, WorldMap } from "./world-map.tsx";

/** Leaflet's part of the map page. */
export function MapCanvas({
  places,
  countryNames,
  reference,
  largest,
  isPhone,
  pulsesOn,
  selectedId,
  onSelect,
  cityQuery,
  view,
  onView,
  onMap,
}: {
  places: readonly HourPlace[];
  countryNames: Record<string, string>;
  reference: number;
  largest: number;
  isPhone: boolean;
  pulsesOn: boolean;
  selectedId: number | null;
  onSelect: (placeId: number | null) => void;
  cityQuery: string;
  /** `lat,lng,zoom` as in the URL. */
  view: string | null;
  onView: (view: string | null) => void;
  onMap: (map: L.Map | null) => void;
}) {
  const circles = useMemo(() => places.map((place) => ({ ...place, high: place.excess !== null })), [places]);
  const pulses = usePulses(pulsesOn);
  const selected = places.find((place) => place.placeId === selectedId);
  const [firstView] = useState(() => parseView(view));
  const report = useCallback(
    (next: MapView | null) =>
      onView(
        next === null
          ? null
          : `${next.latitude.toFixed(2)},${next.longitude.toFixed(2)},${next.zoom.toFixed(2)}`,
      ),
    [onView],
  );
  const keepFree = useMemo(
    () => (isPhone ? [] : [{ left: 0, top: 330, right: 330, bottom: 2000 }]),
    [isPhone],
  );
  return (
    <WorldMap label="Map of attacks by city and hour" interactive view={firstView} onView={report}>
      <CircleLayer
        places={circles}
        reference={reference}
        largest={largest}
        labels={isPhone ? 6 : 20}
        labelCounts={!isPhone}
        selected={selectedId}
        onSelect={onSelect}
        pulses={pulses}
        keepFree={keepFree}
      />
      {selected ? (
        <CityPanel
          key={selected.placeId}
          place={selected}
          countryName={countryNames[selected.countryCode] ?? selected.countryCode}
          query={cityQuery}
          reference={reference}
          largest={largest}
          onClose={() => onSelect(null)}
        />
      ) : null}
      <ZoomButtons />
      <ExposeMap onMap={onMap} />
    </WorldMap>
  );
}

function parseView(text: string | null): MapView | null {
  const [latitude = NaN, longitude = NaN, zoom = NaN] = (text ?? "").split(",").map(Number);
  const valid = Math.abs(latitude) <= 85 && Math.abs(longitude) <= 360 && zoom >= 0 && zoom <= 9;
  return valid ? { latitude, longitude, zoom } : null;
}
