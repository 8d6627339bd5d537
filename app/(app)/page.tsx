import type { Metadata } from "next";
import { hostname } from "node:os";
import { FirstRun } from "../../components/first-run/first-run.tsx";
import { OverviewView } from "../../components/overview/overview-view.tsx";
import { mayActAs } from "../../lib/auth/role.ts";
import { config } from "../../lib/config/config.ts";
import { connections } from "../../lib/db/client.ts";
import { readAttackFilter } from "../../lib/query/attack-filter.ts";
import { firstRunProgress } from "../../lib/query/first-run.ts";
import { loadOverview } from "../../lib/query/overview.ts";
import { localAgentState } from "../../lib/local-agent/local-agent.ts";
import { createJoinTokenAction } from "../actions/join-token.ts";
import { watchThisMachineAction } from "../actions/watch-this-machine.ts";
import { requirePerson } from "../session.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const person = await requirePerson();
  const from = connections();
  const progress = await firstRunProgress(from.pool, Date.now());
  if (!progress.hasEvents) {
    return (
      <FirstRun
        initial={progress}
        machineName={hostname()}
        localAgent={localAgentState()}
        mayConnect={mayActAs(person.role, "admin")}
        mayImport={mayActAs(person.role, "operator")}
        dataDir={config().dataDir}
        watchThisMachine={watchThisMachineAction}
        createJoinToken={createJoinTokenAction}
      />
    );
  }
  const given = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const filter = readAttackFilter(new URLSearchParams(given));
  return <OverviewView initial={await loadOverview(from, filter, Date.now, "page")} />;
}
