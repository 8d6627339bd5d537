import { Check } from "lucide-react";
import type { FirstRunProgress } from "../../lib/query/first-run.ts";
import { counted, whole } from "../charts/format.ts";
import { cx } from "../ui/cx.ts";

/** The three steps to the first map, as they really are. */
export function FirstSteps({ progress }: { progress: FirstRunProgress }) {
  const connected = progress.agents.filter((agent) => agent.connected);
  const lines = connected.reduce((sum, agent) => sum + agent.lines, 0);
  const events = connected.reduce((sum, agent) => sum + agent.events, 0);
  const [first] = connected;
  const steps = [
    {
      title: first ? "The agent is connected" : "Waiting for the agent",
      note: first ? first.name : progress.agents.length > 0 ? "Enrolled, connecting" : "No connection yet",
      done: first !== undefined,
    },
    {
      title: lines > 0 ? `${whole(lines)} lines read` : "Read the logs",
      note: lines > 0 ? `${counted(events, "event")} found` : first ? "reading" : "about 20 s",
      done: events > 0,
    },
    { title: "First map", note: progress.hasEvents ? "ready" : "about 1 min", done: progress.hasEvents },
  ];
  const current = steps.findIndex((step) => !step.done);
  return (
    <ol aria-live="polite" className="mt-6 grid gap-4 border-y border-line py-3 tab:grid-cols-3">
      {steps.map((step, index) => (
        <li key={index} className="flex items-start gap-2.5">
          <StepMark state={step.done ? "done" : index === current ? "current" : "later"} />
          <span>
            <span className={cx("block", index === current ? "font-head text-t1" : "text-t2")}>
              {step.title}
              <span className="sr-only">{step.done ? ", done" : index === current ? ", now" : ""}</span>
            </span>
            <span className="block text-t2">{step.note}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function StepMark({ state }: { state: "done" | "current" | "later" }) {
  if (state === "done")
    return <Check aria-hidden className="mt-0.5 size-[15px] shrink-0 text-t1" strokeWidth={2.5} />;
  return (
    <svg
      aria-hidden
      viewBox="0 0 15 15"
      className={cx("mt-0.5 size-[15px] shrink-0", state === "current" && "waiting-ring")}
    >
      <circle
        cx="7.5"
        cy="7.5"
        r="6"
        fill="none"
        stroke={state === "current" ? "var(--line2)" : "var(--ctl)"}
        strokeWidth="1.5"
      />
      {state === "current" ? (
        <path
          d="M7.5 1.5a6 6 0 0 1 6 6"
          fill="none"
          stroke="var(--acc)"
          strokeWidth="2"
          strokeLinecap="round"
        />
      ) : null}
    </svg>
  );
}
