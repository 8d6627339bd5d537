"use client";

import { useEffect, useState } from "react";
import { liveConnection } from "../live/live-connection.ts";
import type { Pulse } from "./circle-layer.tsx";

const SHOWN_MS = 1_600;
/** With less motion, a still ring stays as long as an attack counts as just now. */
const CALM_SHOWN_MS = 10_000;
const MAX_PULSES = 30;
const ONE_PER_CITY_MS = 1_000;
const CLEAN_EVERY_MS = 400;
const NONE: readonly Pulse[] = [];

/** A ring for each city that was just attacked from; they never change a circle. */
export function usePulses(on: boolean): readonly Pulse[] {
  const [pulses, setPulses] = useState<(Pulse & { placeId: number; startMs: number })[]>([]);
  useEffect(() => {
    if (!on) return;
    const shownMs = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_SHOWN_MS : SHOWN_MS;
    const lastOf = new Map<number, number>();
    const unsubscribe = liveConnection().subscribe({
      onMessage: (message) => {
        if (message.topic !== "events" || document.hidden) return;
        const nowMs = Date.now();
        const fresh = message.feed.flatMap((item) => {
          const { latitude, longitude, placeId } = item;
          const isAttack = item.kind === "attempt" || item.kind === "blocked" || item.kind === "ban";
          if (!isAttack || latitude === null || longitude === null) return [];
          if (nowMs - (lastOf.get(placeId) ?? 0) < ONE_PER_CITY_MS) return [];
          lastOf.set(placeId, nowMs);
          return [
            {
              key: `${item.key} ${nowMs}`,
              latitude,
              longitude,
              attacks: item.count,
              placeId,
              startMs: nowMs,
            },
          ];
        });
        if (fresh.length > 0) setPulses((before) => [...before, ...fresh].slice(-MAX_PULSES));
      },
      onResync: () => undefined,
    });
    const timer = setInterval(() => {
      const oldest = Date.now() - shownMs;
      setPulses((before) =>
        before.some((pulse) => pulse.startMs < oldest)
          ? before.filter((pulse) => pulse.startMs >= oldest)
          : before,
      );
    }, CLEAN_EVERY_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }, [on]);
  return on ? pulses : NONE;
}
