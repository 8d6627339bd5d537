"use client";

import { useMemo } from "react";
import { useRouter } from "next/navigation";
import type { MapCircle } from "../../lib/query/map-circles.ts";
import { CircleLayer } from "./circle-layer.tsx";
import type { Rect } from "./label-placement.ts";
import { WorldMap } from "./world-map.tsx";

/** The map of the Overview: it stands still; a circle leads to its city on the map page. */
export function OverviewMap({
  places,
  reference,
  largest,
  labels,
  labelCounts,
  fill,
  keepFree,
  logins,
}: {
  places: readonly MapCircle[];
  reference: number;
  largest: number;
  labels: number;
  labelCounts: boolean;
  fill: number;
  keepFree: readonly Rect[];
  /** Logins that followed failures: a red mark at their place. */
  logins: readonly { latitude: number | null; longitude: number | null }[];
}) {
  const router = useRouter();
  const circles = useMemo(() => places.map((place) => ({ ...place, high: place.excess !== null })), [places]);
  const alerts = useMemo(
    () =>
      logins.flatMap(({ latitude, longitude }) =>
        latitude === null || longitude === null ? [] : [{ latitude, longitude }],
      ),
    [logins],
  );
  return (
    <WorldMap label="Map of attacks by city" fill={fill} interactive={false}>
      <CircleLayer
        places={circles}
        reference={reference}
        largest={largest}
        labels={labels}
        labelCounts={labelCounts}
        keepFree={keepFree}
        alerts={alerts}
        onSelect={(placeId) => router.push(`/map?city=${placeId}`)}
      />
    </WorldMap>
  );
}
