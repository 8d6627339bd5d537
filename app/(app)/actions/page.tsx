import type { Metadata } from "next";
import { ActionsPage } from "../../../components/actions/actions-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { queryActions, readActionsRequest } from "../../../lib/query/actions.ts";
import { requireViewer } from "../viewer.ts";
import { parametersOf, type SearchParameters } from "../parameters.ts";

export const metadata: Metadata = { title: "Actions" };

export default async function Page({ searchParams }: { searchParams: SearchParameters }) {
  const viewer = await requireViewer();
  const { verb } = readActionsRequest(parametersOf(await searchParams));
  const initial = await queryActions(connections(), { verb, after: null, only: null }, Date.now());
  return <ActionsPage initial={initial} viewer={viewer} />;
}
