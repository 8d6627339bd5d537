"use client";

import { useCallback } from "react";
import { usePathname, useSearchParams } from "next/navigation";

/**
 * What changes what is seen lives in the URL. Changing it asks the server for no page: queries follow by themselves.
 * Filters push history; zoom and scrubbing replace it.
 */
export function useUrlState(): {
  parameters: URLSearchParams;
  change: (changes: Record<string, string | null>, how?: "push" | "replace") => void;
} {
  const path = usePathname();
  const parameters = useSearchParams();
  const change = useCallback(
    (changes: Record<string, string | null>, how: "push" | "replace" = "push") => {
      // What the address bar says now, since a change may follow another before the next render.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === "") next.delete(name);
        else next.set(name, value);
      }
      const query = next.toString();
      const url = query === "" ? path : `${path}?${query}`;
      if (how === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  return { parameters: new URLSearchParams(parameters.toString()), change };
}
