"use client";

import { CircleLayer, type CirclePlace } from "../map/circle-layer.tsx";
import { WorldMap } from "../map/world-map.tsx";

export function PreviewMap({ places }: { places: readonly CirclePlace[] }) {
  return (
    <WorldMap label="Sample map" interactive={false}>
      <CircleLayer places={places} reference={1224} largest={14} labels={6} labelCounts={false} />
    </WorldMap>
  );
}
