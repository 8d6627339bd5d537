"use client";

import { useEffect, useState } from "react";
import { useRouter } from "next/navigation";
import { Check } from "lucide-react";
import type { FirstRunProgress } from "../../lib/query/first-run.ts";
import { useLiveQuery, type Topic } from "../live/use-live.ts";
import { Segmented } from "../ui/segmented.tsx";
import { AnotherHost, type CreateJoinToken } from "./another-host.tsx";
import { ImportFile } from "./import-file.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Preview } from "./preview.tsx";
import { type LocalAgent, ThisMachine, type WatchThisMachine } from "./this-machine.tsx";

const TOPICS: readonly Topic[] = ["hosts", "events"];
const PROMISES = [
  "Reads fail2ban’s log. Nothing else leaves the host.",
  "Changes a ban only when you confirm it here, and you can undo it.",
  "Opens no port. It connects out to Banwatch and to nothing else.",
];
type Way = "this" | "other";

/** Before the first event: three ways to get one, and what there will be to see. */
export function FirstRun({
  initial,
  machineName,
  localAgent,
  mayConnect,
  mayImport,
  dataDir,
  watchThisMachine,
  createJoinToken,
}: {
  initial: FirstRunProgress;
  machineName: string;
  localAgent: LocalAgent;
  /** An admin connects hosts; an operator imports. */
  mayConnect: boolean;
  mayImport: boolean;
  dataDir: string;
  watchThisMachine: WatchThisMachine;
  createJoinToken: CreateJoinToken;
}) {
  const router = useRouter();
  const { data: progress } = useLiveQuery("/api/query/first-run", initial, TOPICS);
  const [way, setWay] = useState<Way>(localAgent.state === "not_possible" ? "other" : "this");
  const [importing, setImporting] = useState(false);
  const done = progress.hasEvents && !importing;
  useEffect(() => {
    if (done) router.refresh();
  }, [done, router]);
  return (
    <div className="flex flex-1 flex-col">
      <div className="page-x grid flex-1 content-start gap-x-20 gap-y-10 py-8 tab:pt-[clamp(24px,9vh,88px)] wide:grid-cols-[668px_minmax(0,1fr)]">
        <div className="min-w-0">
          <h1 className="text-28 font-head">Connect your first host</h1>
          <p className="mt-1.5 max-w-[620px] text-15 text-t2">
            {way === "this" ? (
              <>
                An agent on <strong className="font-head text-t1">{machineName}</strong>, the machine Banwatch
                runs on, finds fail2ban and the firewall and reads the logs that are there.
              </>
            ) : (
              <>
                Run one line on the host, as root. It runs the agent there, finds fail2ban and the firewall,
                and reads the logs that are there.
              </>
            )}
          </p>
          {mayConnect ? (
            <>
              <Segmented
                label="Which host"
                className="mt-5"
                value={way}
                onChange={setWay}
                options={[
                  { value: "this", label: "This machine" },
                  { value: "other", label: "Another host" },
                ]}
              />
              <div className="mt-2.5">
                {way === "this" ? (
                  <ThisMachine
                    machineName={machineName}
                    localAgent={localAgent}
                    watching={progress.agents.length > 0}
                    watch={watchThisMachine}
                  />
                ) : (
                  <AnotherHost createToken={createJoinToken} />
                )}
              </div>
            </>
          ) : (
            <p className="mt-5 rounded-control border border-line2 bg-s2 px-4 py-3">
              Only an admin connects hosts. Ask one to sign in and open this page.
            </p>
          )}
          <FirstSteps progress={progress} />
          <ul className="mt-4 grid gap-1.5 border-line">
            {PROMISES.map((promise) => (
              <li key={promise} className="flex items-start gap-2.5 text-t2">
                <Check aria-hidden className="mt-0.5 size-3.5 shrink-0" />
                {promise}
              </li>
            ))}
          </ul>
          {mayImport ? (
            <section aria-labelledby="import-title" className="mt-10">
              <h2 id="import-title" className="mb-2.5 text-18 font-head">
                Or import a log file
              </h2>
              <ImportFile onRunning={setImporting} />
            </section>
          ) : null}
        </div>
        <Preview />
      </div>
      <footer className="page-x flex flex-wrap gap-x-6 border-t border-line py-3 text-t2">
        <span>Banwatch is running on {machineName}</span>
        <span className="tab:ml-auto">Data in {dataDir}</span>
      </footer>
    </div>
  );
}
