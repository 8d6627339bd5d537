"use client";

import { useCallback, useMemo } from "react";
import { usePathname, useSearchParams } from "next/navigation";
import { type BanView, readBanView, writeBanView } from "./ban-view.ts";

/** The view that the URL says, and a way to change it: filters and open rows make history, typing replaces it. */
export function useBanView(): [BanView, (view: BanView, how?: "push" | "replace") => void] {
  const parameters = useSearchParams();
  const path = usePathname();
  const query = parameters.toString();
  const view = useMemo(() => readBanView(new URLSearchParams(query)), [query]);
  const change = useCallback(
    (next: BanView, how: "push" | "replace" = "push") => {
      const written = writeBanView(next).toString();
      const url = written === "" ? path : `${path}?${written}`;
      if (how === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  return [view, change];
}
