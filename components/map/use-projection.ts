"use client";

import { useMemo, useSyncExternalStore } from "react";
import type L from "leaflet";
import { useMap } from "react-leaflet";
import type { Rect } from "./label-placement.ts";
import { mapLongitude } from "./world-geometry.ts";

/** Where the map puts things now, in the px of its panes. */
export type Projection = {
  /** Changes whenever the others would answer differently. */
  state: string;
  point: (latitude: number, longitude: number) => { x: number; y: number };
  /** What is on the screen. */
  bounds: Rect;
};

const EVENTS = "zoomend viewreset moveend resize";

/** Follows the map as it is moved, zoomed and resized. */
export function useProjection(): Projection {
  const map = useMap();
  const state = useSyncExternalStore(
    (onChange) => {
      map.on(EVENTS, onChange);
      return () => map.off(EVENTS, onChange);
    },
    () =>
      `${map.getZoom()} ${map.getPixelOrigin().toString()} ${boundsOf(map).left} ${boundsOf(map).top} ${map.getSize().toString()}`,
  );
  return useMemo(() => projectionOf(map, state), [map, state]);
}

function projectionOf(map: L.Map, state: string): Projection {
  return {
    state,
    point: (latitude, longitude) => {
      const { x, y } = map.latLngToLayerPoint([latitude, mapLongitude(longitude)]);
      return { x, y };
    },
    bounds: boundsOf(map),
  };
}

function boundsOf(map: L.Map): Rect {
  const { x, y } = map.containerPointToLayerPoint([0, 0]);
  const size = map.getSize();
  return { left: x, top: y, right: x + size.x, bottom: y + size.y };
}
