"use client";

import { useState } from "react";
import { Radar } from "lucide-react";
import { Button } from "../ui/button.tsx";

export type WatchThisMachine = () => Promise<{ ok: true } | { ok: false; message: string }>;

/** Whether Banwatch's own machine is watched, or could be. */
export type LocalAgent =
  | { state: "running" }
  | { state: "stopped"; reason: string | null }
  | { state: "not_possible"; reason: string };

/** One button, or why there is none. */
export function ThisMachine({
  machineName,
  localAgent,
  watching,
  watch,
}: {
  machineName: string;
  localAgent: LocalAgent;
  watching: boolean;
  watch: WatchThisMachine;
}) {
  const [step, setStep] = useState<"idle" | "starting" | "started">(
    localAgent.state === "running" ? "started" : "idle",
  );
  const [problem, setProblem] = useState<string | null>(
    localAgent.state === "stopped" && localAgent.reason
      ? `It ran before and stopped: ${localAgent.reason}`
      : null,
  );
  if (localAgent.state === "not_possible") {
    return (
      <div className="rounded-control border border-line2 bg-s2 px-4 py-3">
        <p className="font-strong">This machine can’t be watched from here.</p>
        <p className="mt-0.5 text-t2">{localAgent.reason}</p>
      </div>
    );
  }
  const start = async () => {
    setStep("starting");
    setProblem(null);
    const answer = await watch().catch(() => ({
      ok: false as const,
      message: "Banwatch could not be reached. Try again.",
    }));
    setStep(answer.ok ? "started" : "idle");
    if (!answer.ok) setProblem(answer.message);
  };
  const started = step === "started" || watching;
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 rounded-control border border-line2 bg-s2 py-2 pr-2 pl-4">
        <p className="min-w-0 flex-1">
          Found on {machineName}: <span className="mono">/var/log/fail2ban.log</span>
        </p>
        <Button
          kind="primary"
          className="tab:h-9"
          disabled={step === "starting" || started}
          onClick={() => void start()}
        >
          <Radar aria-hidden className="size-4" />
          {step === "starting"
            ? "Starting the agent…"
            : started
              ? "Watching this machine"
              : "Watch this machine"}
        </Button>
      </div>
      {problem ? (
        <p role="alert" className="mt-2 text-crit">
          {problem}
        </p>
      ) : (
        <p className="mt-2 text-t2">The agent runs as part of Banwatch, and starts again with it.</p>
      )}
    </>
  );
}
