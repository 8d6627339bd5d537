"use client";

import { useState } from "react";
import type { FeedItem } from "../../lib/live/live-message.ts";
import type { AttackFilter } from "../../lib/query/attack-filter.ts";
import { clockTime, whole } from "../charts/format.ts";
import { useLiveFeed } from "../live/use-live.ts";
import { Glyph, type GlyphName } from "../ui/glyph.tsx";
import { SectionHead } from "./ranked-section.tsx";

const KIND: Record<FeedItem["kind"], { glyph: GlyphName; word: string }> = {
  attempt: { glyph: "attempt", word: "failed" },
  blocked: { glyph: "dropped", word: "dropped" },
  allowed: { glyph: "other", word: "let in" },
  scan: { glyph: "attempt", word: "scanned" },
  ban: { glyph: "ban", word: "banned" },
  unban: { glyph: "unban", word: "lifted" },
  restore: { glyph: "ban", word: "ban restored" },
  flush: { glyph: "unban", word: "all lifted" },
  login: { glyph: "login", word: "logged in" },
  lifecycle: { glyph: "other", word: "jail changed" },
};

/** The newest events as they come; it stands still while it is hovered or focused. */
export function LiveFeed({
  initial,
  filter,
  perMinute,
  rows,
}: {
  initial: readonly FeedItem[];
  filter: AttackFilter;
  perMinute: number;
  rows: number;
}) {
  const [paused, setPaused] = useState(false);
  const { items, waiting } = useLiveFeed(initial, {
    limit: rows,
    paused,
    keep: (item) =>
      (filter.host === null || item.hostId === filter.host) &&
      (filter.jail === null || item.detector === filter.jail) &&
      (filter.country === null || item.countryCode === filter.country),
  });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it stands still while it is read
    <section
      aria-label="Live feed"
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
    >
      <SectionHead
        title="Live feed"
        right={
          paused
            ? waiting > 0
              ? `paused, ${whole(waiting)} waiting`
              : "paused"
            : `${perMinute < 10 ? Math.round(perMinute * 10) / 10 : whole(perMinute)} per min`
        }
      />
      {items.length === 0 ? <p className="text-t3">Nothing yet.</p> : null}
      <ol>
        {items.slice(0, rows).map((item) => {
          const { glyph, word } = KIND[item.kind];
          return (
            <li key={item.key} className="flex h-8 items-center gap-2 text-12 tab:h-[22px]">
              <time dateTime={new Date(item.timeMs).toISOString()} className="mono w-[58px] shrink-0 text-t3">
                {clockTime(item.timeMs)}
              </time>
              <Glyph name={glyph} />
              <span className="mono min-w-0 flex-1 truncate select-all">{item.address ?? item.detector}</span>
              <span className="shrink-0 text-t2">
                {word}
                {item.count > 1 ? ` ${whole(item.count)}×` : ""}{" "}
                <span className="text-t3">{item.hostName}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
