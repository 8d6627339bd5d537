import type { Metadata } from "next";
import { BansPage } from "../../../components/bans/bans-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { readBansRequest } from "../../../lib/query/ban-filter.ts";
import { queryBans } from "../../../lib/query/bans.ts";
import { requireViewer } from "../viewer.ts";
import { parametersOf, type SearchParameters } from "../parameters.ts";

export const metadata: Metadata = { title: "Bans" };

export default async function Page({ searchParams }: { searchParams: SearchParameters }) {
  const viewer = await requireViewer();
  const request = readBansRequest(parametersOf(await searchParams));
  const initial = await queryBans(connections(), { ...request, after: null }, Date.now());
  return <BansPage initial={initial} viewer={viewer} />;
}
