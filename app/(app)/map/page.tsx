import type { Metadata } from "next";
import { MapPage } from "../../../components/map/map-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { readAttackFilter } from "../../../lib/query/attack-filter.ts";
import { filterChoices } from "../../../lib/query/filter-choices.ts";
import { geoAttribution } from "../../../lib/query/geo-attribution.ts";
import { loadMapHours } from "../../../lib/query/map-hours.ts";
import { requirePerson } from "../../session.ts";

export const metadata: Metadata = { title: "Map" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await requirePerson();
  const { host, jail } = await searchParams;
  const filter = readAttackFilter(
    new URLSearchParams([
      ...(typeof host === "string" ? [["host", host]] : []),
      ...(typeof jail === "string" ? [["jail", jail]] : []),
    ]),
  );
  const from = connections();
  const [hours, choices, attribution] = await Promise.all([
    loadMapHours(from, filter, null, Date.now, "page"),
    filterChoices(from.pool, Date.now()),
    geoAttribution(),
  ]);
  return <MapPage initial={hours} choices={choices} attribution={attribution} />;
}
