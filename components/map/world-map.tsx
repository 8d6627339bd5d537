"use client";

import "leaflet/dist/leaflet.css";
import "./map.css";
import { useEffect, useRef, useState, type ReactNode } from "react";
import L from "leaflet";
import { MapContainer, useMap } from "react-leaflet";
import { loadWorld } from "./world-geometry.ts";

/** Where the populated world is in the middle, from one side of the cut to the other. */
const MIDDLE: L.LatLngTuple = [20.6, 11];
/** Where there is room beside the world, its land is in the middle and not its sea. */
const LAND_MIDDLE: L.LatLngTuple = [20.6, 4];
const WORLD_PX_AT_ZOOM_0 = 256;
const SMALL_MAP_PX = 700;
const BOUNDS = L.latLngBounds([-75, -189], [84, 211]);

export type MapView = { latitude: number; longitude: number; zoom: number };

/**
 * The world as land and borders that come with the app; nothing is fetched from elsewhere. `fill` is the part of the
 * width that the whole world takes when nobody zoomed.
 */
export function WorldMap({
  label,
  fill = 1,
  interactive,
  view,
  onView,
  children,
}: {
  label: string;
  fill?: number;
  interactive: boolean;
  /** Where a link left the map; null: the whole world. */
  view?: MapView | null;
  onView?: (view: MapView | null) => void;
  children: ReactNode;
}) {
  return (
    <MapContainer
      center={view ? [view.latitude, view.longitude] : MIDDLE}
      zoom={view?.zoom ?? 2}
      zoomSnap={0}
      zoomDelta={0.75}
      wheelPxPerZoomLevel={90}
      zoomAnimation={false}
      fadeAnimation={false}
      markerZoomAnimation={false}
      inertia={false}
      zoomControl={false}
      attributionControl={false}
      maxBounds={BOUNDS}
      maxBoundsViscosity={0.8}
      minZoom={0}
      maxZoom={9}
      dragging={interactive}
      scrollWheelZoom={interactive}
      doubleClickZoom={interactive}
      touchZoom={interactive}
      boxZoom={false}
      keyboard={false}
      className="world-map size-full"
    >
      <Land label={label} />
      <FitWorld fill={fill} fixed={view !== null && view !== undefined} />
      {onView ? <ReportView fill={fill} onView={onView} /> : null}
      {children}
    </MapContainer>
  );
}

/** Land and borders, drawn by Leaflet as SVG so that they take their colours from the theme. */
function Land({ label }: { label: string }) {
  const map = useMap();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    const container = map.getContainer();
    container.setAttribute("role", "group");
    container.setAttribute("aria-label", label);
    const layers = L.layerGroup().addTo(map);
    const draw = async () => {
      const world = await loadWorld(map.getSize().x < SMALL_MAP_PX);
      if (gone) return;
      const renderer = L.svg({ padding: 0.5 });
      // Cut at the edge of the screen by the browser: Leaflet's own cutting leaves seams after a jump.
      const options = { renderer, interactive: false, noClip: true, smoothFactor: 0.6 };
      const land = { className: "map-land", stroke: false, fillOpacity: 1 };
      const border = { className: "map-border", weight: 0.7, fill: false };
      layers.addLayer(L.geoJSON(world.land, { ...options, style: land } as L.GeoJSONOptions));
      layers.addLayer(L.geoJSON(world.borders, { ...options, style: border } as L.GeoJSONOptions));
    };
    draw().catch(() => setFailed(true));
    return () => {
      gone = true;
      layers.remove();
    };
  }, [map, label]);
  return failed ? (
    <p className="absolute top-3 left-3 z-[500] text-t2">
      The shape of the world could not be loaded. The circles are right.
    </p>
  ) : null;
}

function worldZoom(widthPx: number, fill: number): number {
  return Math.log2((widthPx * fill) / WORLD_PX_AT_ZOOM_0);
}

/** The whole world, until the person moves it; again after the window changed its size. */
function FitWorld({ fill, fixed }: { fill: number; fixed: boolean }) {
  const map = useMap();
  const moved = useRef(fixed);
  useEffect(() => {
    const fit = () => {
      map.invalidateSize({ animate: false, pan: false });
      const zoom = worldZoom(map.getSize().x, fill);
      map.setMinZoom(zoom - 0.4);
      if (!moved.current) map.setView(fill < 1 ? LAND_MIDDLE : MIDDLE, zoom, { animate: false });
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(map.getContainer());
    const onMove = () => {
      moved.current = true;
    };
    const onReset = () => {
      moved.current = false;
      fit();
    };
    map.on("dragstart", onMove);
    map.getContainer().addEventListener("wheel", onMove, { passive: true });
    map.on("banwatch:moved", onMove);
    map.on("banwatch:world", onReset);
    return () => {
      observer.disconnect();
      map.off("dragstart", onMove);
      map.getContainer().removeEventListener("wheel", onMove);
      map.off("banwatch:moved", onMove);
      map.off("banwatch:world", onReset);
    };
  }, [map, fill]);
  return null;
}

/** Zooms by buttons and keys; `world` shows all of it again. */
export function zoomMap(map: L.Map, how: "in" | "out" | "world"): void {
  if (how === "world") {
    map.fire("banwatch:world");
    return;
  }
  map.fire("banwatch:moved");
  map.setZoom(map.getZoom() + (how === "in" ? 0.75 : -0.75), { animate: false });
}

function ReportView({ fill, onView }: { fill: number; onView: (view: MapView | null) => void }) {
  const map = useMap();
  useEffect(() => {
    const report = () => {
      const { lat, lng } = map.getCenter();
      const zoom = map.getZoom();
      const isWorld =
        Math.abs(zoom - worldZoom(map.getSize().x, fill)) < 0.02 &&
        Math.abs(lat - MIDDLE[0]) < 0.5 &&
        Math.abs(lng - MIDDLE[1]) < 0.5;
      onView(isWorld ? null : { latitude: lat, longitude: lng, zoom });
    };
    map.on("moveend", report);
    return () => {
      map.off("moveend", report);
    };
  }, [map, fill, onView]);
  return null;
}
