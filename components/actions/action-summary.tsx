import type { ActionProgress, CommandState } from "../../lib/query/action-progress.ts";
import { actionOutcome, needsYou } from "./action-words.ts";
import { CommandSteps } from "./command-steps.tsx";

const WORST_FIRST: readonly CommandState[] = [
  "failed",
  "drifted",
  "expired",
  "queued",
  "delivered",
  "applied",
  "verified",
];

/** The state of an action as a whole: the steps of its worst host, and a sentence. */
export function ActionSummary({ action, verb }: { action: ActionProgress; verb?: string }) {
  if (action.hostCount === 0)
    return action.undoneBy === null ? null : <span className="text-t3">Undone</span>;
  const worst = WORST_FIRST.find((state) => action.counts[state] > 0) ?? "queued";
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <CommandSteps state={worst} />
      <span
        className={needsYou(action) > 0 && worst === "failed" ? "truncate text-crit" : "truncate text-t2"}
      >
        {verb === undefined ? null : <span className="text-t1">{verb} </span>}
        {verb === undefined ? upperFirst(actionOutcome(action)) : actionOutcome(action)}
        {action.undoneBy === null ? "" : ", undone"}
      </span>
    </span>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
