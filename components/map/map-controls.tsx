"use client";

import { useEffect } from "react";
import type L from "leaflet";
import { Globe, Minus, Plus } from "lucide-react";
import { useMap } from "react-leaflet";
import { zoomMap } from "./world-map.tsx";

const BUTTON = "ease-colour grid size-11 place-items-center text-t1 hover:bg-s2 tab:size-[32px]";

/** Zoom in, out, and the whole world. */
export function ZoomButtons() {
  const map = useMap();
  return (
    <div className="absolute bottom-3 left-4 z-[600] grid grid-flow-col overflow-hidden rounded-control border border-line2 bg-bg tab:top-4 tab:right-8 tab:bottom-auto tab:left-auto tab:grid-flow-row">
      <button type="button" aria-label="Zoom in" className={BUTTON} onClick={() => zoomMap(map, "in")}>
        <Plus aria-hidden className="size-4" />
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        className={`${BUTTON} border-x border-line2 tab:border-x-0 tab:border-y`}
        onClick={() => zoomMap(map, "out")}
      >
        <Minus aria-hidden className="size-4" />
      </button>
      <button
        type="button"
        aria-label="Show the whole world"
        className={BUTTON}
        onClick={() => zoomMap(map, "world")}
      >
        <Globe aria-hidden className="size-4" />
      </button>
    </div>
  );
}

/** Hands the map to the page, whose keys zoom it. */
export function ExposeMap({ onMap }: { onMap: (map: L.Map | null) => void }) {
  const map = useMap();
  useEffect(() => {
    onMap(map);
    return () => onMap(null);
  }, [map, onMap]);
  return null;
}
