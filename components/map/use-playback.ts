"use client";

import { useEffect } from "react";

export const SPEEDS = ["1", "4", "12"] as const;
export type Speed = (typeof SPEEDS)[number];

/** Steps on while playing, at `speed` hours a second; one a second when less motion is wanted; not while hidden. */
export function usePlayback(playing: boolean, speed: Speed, onStep: () => void): void {
  useEffect(() => {
    if (!playing) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setInterval(
      () => {
        if (!document.hidden) onStep();
      },
      calm ? 1000 : 1000 / Number(speed),
    );
    return () => clearInterval(timer);
  }, [playing, speed, onStep]);
}
