"use client";

import { useEffect, useState } from "react";

export type Loaded<T> =
  | { kind: "loading" }
  | { kind: "loaded"; data: T }
  | { kind: "failed"; message: string };

/** Fetches once for a url; for what is needed while a question is open. */
export function useJson<T>(url: string): Loaded<T> {
  const [loaded, setLoaded] = useState<{ url: string; answer: Loaded<T> }>({
    url,
    answer: { kind: "loading" },
  });
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const answer = await fetchOnce<T>(url, stop.signal);
      if (!stop.signal.aborted) setLoaded({ url, answer });
    };
    void load();
    return () => stop.abort();
  }, [url]);
  return loaded.url === url ? loaded.answer : { kind: "loading" };
}

async function fetchOnce<T>(url: string, signal: AbortSignal): Promise<Loaded<T>> {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return { kind: "loaded", data: (await response.json()) as T };
    const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    const message = body.error?.message ?? `The server answered with ${response.status}.`;
    return { kind: "failed", message };
  } catch {
    return { kind: "failed", message: "The server could not be reached." };
  }
}
