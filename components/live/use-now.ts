"use client";

import { useSyncExternalStore } from "react";

const SECOND_MS = 1_000;

function everySecond(onChange: () => void): () => void {
  const timer = setInterval(onChange, SECOND_MS);
  return () => clearInterval(timer);
}

function thisSecond(): number {
  const nowMs = Date.now();
  return nowMs - (nowMs % SECOND_MS);
}

/** The time, each second; starts with the server's so that the first picture is the same on both sides. */
export function useNow(initialMs: number): number {
  return useSyncExternalStore(everySecond, thisSecond, () => initialMs);
}
