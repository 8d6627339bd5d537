"use client";

import { useEffect, useState } from "react";

/** The time, each second; starts with the server's so that the first picture is the same on both sides. */
export function useNow(initialMs: number): number {
  const [now, setNow] = useState(initialMs);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
