import type { Metadata } from "next";
import { OverviewView } from "../../components/overview/overview-view.tsx";
import { connections } from "../../lib/db/client.ts";
import { readAttackFilter } from "../../lib/query/attack-filter.ts";
import { loadOverview } from "../../lib/query/overview.ts";
import { requirePerson } from "../session.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await requirePerson();
  const given = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const filter = readAttackFilter(new URLSearchParams(given));
  return <OverviewView initial={await loadOverview(connections(), filter, Date.now)} />;
}
