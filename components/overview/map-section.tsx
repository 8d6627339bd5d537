"use client";

import { useMemo, useState } from "react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { Table2, Globe } from "lucide-react";
import type { Overview } from "../../lib/query/overview.ts";
import { clockMinute, clockTime, counted, factor, share, whole } from "../charts/format.ts";
import { CircleLegend } from "../map/map-legend.tsx";
import { PlacesTable } from "../map/places-table.tsx";
import { Glyph } from "../ui/glyph.tsx";
import { useMedia } from "../live/use-media.ts";
import { SectionHead } from "./ranked-section.tsx";

const OverviewMap = dynamic(() => import("../map/overview-map.tsx").then((module) => module.OverviewMap), {
  ssr: false,
});
const RADIUS_WIDE = 21;
const RADIUS_PHONE = 13.5;
const HOUR_MS = 3_600_000;

/** Where from: circles at the cities, with when it was updated and when the next hour begins. */
export function MapSection({
  overview,
  rangeText,
  asOfMs,
}: {
  overview: Overview;
  rangeText: string;
  asOfMs: number;
}) {
  const { map, distinctAddresses, countryNames } = overview;
  const [asTable, setAsTable] = useState(false);
  const isPhone = useMedia("(max-width: 719px)");
  const largest = isPhone ? RADIUS_PHONE : RADIUS_WIDE;
  const reference = map.circles[0]?.attacks ?? 0;
  const legendFree = useMemo(() => [{ left: 0, top: 210, right: 130, bottom: 352 }], []);
  const nextHourMs = asOfMs - (asOfMs % HOUR_MS) + HOUR_MS;
  const from =
    distinctAddresses === null ? "" : ` from ${counted(distinctAddresses, "address", "addresses")}`;
  return (
    <section aria-label="Where from" className="max-tab:pt-1">
      <div className="max-tab:page-x">
        <SectionHead
          title="Where from"
          note={
            <>
              <span className="max-tab:hidden">city level, </span>
              {counted(map.attacks, "attack")}
              <span className="max-tab:hidden">
                {from} in {rangeText}
              </span>
              <span className="tab:hidden">, {rangeText}</span>
            </>
          }
          right={
            <span className="flex items-center gap-3">
              <span
                className="max-tab:hidden"
                title="Circles are sums of full hours; the running hour fills as events come"
              >
                updated at {clockTime(asOfMs)}, next hour at {clockMinute(nextHourMs)}
              </span>
              <button
                type="button"
                onClick={() => setAsTable(!asTable)}
                className="touchable ease-colour flex items-center gap-1 text-t2 hover:text-t1"
              >
                {asTable ? (
                  <Globe aria-hidden className="size-3.5" />
                ) : (
                  <Table2 aria-hidden className="size-3.5" />
                )}
                {asTable ? "Show as map" : "Show as table"}
              </button>
            </span>
          }
        />
      </div>
      <div className="relative isolate h-[168px] overflow-hidden tab:h-[352px]">
        {asTable ? (
          <PlacesTable
            places={map.circles}
            countryNames={countryNames}
            total={map.attacks}
            className="h-full overflow-y-auto max-tab:px-4"
          />
        ) : (
          <OverviewMap
            places={map.circles}
            reference={reference}
            largest={largest}
            labels={isPhone ? 5 : 12}
            labelCounts={!isPhone}
            fill={isPhone ? 1 : 0.916}
            keepFree={legendFree}
            logins={overview.logins.kind === "watched" ? overview.logins.suspicious : []}
          />
        )}
        {asTable ? null : (
          <div className="pointer-events-none absolute bottom-3 left-0 z-[500] text-11 text-t3 max-tab:hidden">
            <CircleLegend reference={reference} largest={largest} />
            <p>area = attacks</p>
            <p className="mt-1 flex items-center gap-2 text-t2">
              <svg aria-hidden width="10" height="10">
                <circle cx="5" cy="5" r="4" fill="var(--circle-high)" stroke="var(--acc)" strokeWidth="1.4" />
              </svg>
              1.5× usual or more
            </p>
            {overview.logins.kind === "watched" && overview.logins.suspicious.length > 0 ? (
              <p className="flex items-center gap-2 text-t2">
                <Glyph name="login" size={10} />
                login after failures
              </p>
            ) : null}
          </div>
        )}
      </div>
      <p className="sr-only">
        {map.circles
          .slice(0, 20)
          .map(
            (circle) =>
              `${circle.city}, ${countryNames[circle.countryCode] ?? circle.countryCode}: ${whole(circle.attacks)}${
                circle.excess?.kind === "factor" ? `, ${factor(circle.excess.factor)} usual` : ""
              }`,
          )
          .join("; ")}
      </p>
      <p className="text-11 text-t3 max-tab:px-4 max-tab:py-2 tab:sr-only">
        Updated at {clockTime(asOfMs)}, next hour at {clockMinute(nextHourMs)}.
      </p>
    </section>
  );
}

/** How much of it is on the map, and whose data places it. */
export function MapNote({ overview }: { overview: Overview }) {
  const { map, geo } = overview;
  return (
    <p className="text-12 text-t3">
      {map.attacks > 0
        ? `${share(map.placedAttacks, map.attacks).replace(/\.\d/, "")} placed by city, the rest only by country and not drawn. `
        : ""}
      {geo ? (
        <>
          <a
            href={geo.href}
            rel="noreferrer"
            target="_blank"
            className="underline decoration-line2 underline-offset-2"
          >
            {geo.text}
          </a>
          . {geo.database}.{" "}
        </>
      ) : null}
      Land: Natural Earth.{" "}
      <Link href="/map" className="text-t2 underline decoration-line2 underline-offset-2">
        Open the map by hour
      </Link>
    </p>
  );
}
