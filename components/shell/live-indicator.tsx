"use client";

import { useLiveStatus } from "../live/use-live.ts";
import { clockTime } from "../charts/format.ts";
import { useNow } from "../live/use-now.ts";

/** The dot of the stream: filled and “Live”, or hollow and since when not. */
export function LiveIndicator({ nowMs, hasEvents }: { nowMs: number; hasEvents: boolean }) {
  const status = useLiveStatus();
  const now = useNow(nowMs);
  if (status.state === "offline") {
    return (
      <output className="flex items-center gap-2 whitespace-nowrap text-t2">
        <span aria-hidden className="size-2 shrink-0 rounded-full border-[1.5px] border-warn" />
        <span className="max-tab:sr-only">
          Offline since {clockTime(status.sinceMs ?? now)}
          <span className="max-wide:sr-only">, retrying</span>
        </span>
        <span aria-hidden className="text-t3 tab:hidden">
          Offline
        </span>
      </output>
    );
  }
  if (!hasEvents) {
    return (
      <p className="flex items-center gap-2 whitespace-nowrap text-t2">
        <span aria-hidden className="size-2 rounded-full border-[1.5px] border-t3" />
        <span className="max-tab:sr-only">Waiting for data</span>
      </p>
    );
  }
  return (
    <p className="flex items-center gap-2 whitespace-nowrap text-t2">
      <span
        aria-hidden
        className={`size-[7px] rounded-full ${status.state === "live" ? "bg-acc" : "border-[1.5px] border-acc"}`}
      />
      <span className="max-tab:sr-only">Live</span>
      <span className="text-t3 max-tab:hidden">{clockTime(now)} UTC</span>
      <span className="text-t3 max-[359px]:hidden tab:hidden">{clockTime(now).slice(0, 5)}</span>
    </p>
  );
}
