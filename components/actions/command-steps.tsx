import type { CommandState } from "../../lib/query/action-progress.ts";
import { cx } from "../ui/cx.ts";

const COLOUR: Record<CommandState, string> = {
  queued: "text-t2",
  delivered: "text-t2",
  applied: "text-t2",
  verified: "text-t2",
  failed: "text-crit",
  drifted: "text-warn",
  expired: "text-ctl",
};

/** The colour of the word beside the steps. */
export const STATE_TEXT: Record<CommandState, string> = {
  queued: "text-t1",
  delivered: "text-t1",
  applied: "text-t1",
  verified: "text-t1",
  failed: "text-crit",
  drifted: "text-warn",
  expired: "text-t2",
};

type Step = "filled" | "empty" | "dashed" | "cross" | "unequal";

function stepsOf(state: CommandState, lastGoodStep: number): Step[] {
  const filled = (count: number, then: Step[] = []): Step[] =>
    Array.from({ length: 4 }, (_, index) => (index < count ? "filled" : (then[index - count] ?? "empty")));
  switch (state) {
    case "queued":
      return filled(1);
    case "delivered":
      return filled(2);
    case "applied":
      return filled(3);
    case "verified":
      return filled(4);
    case "failed":
      return filled(Math.min(lastGoodStep, 3), ["cross"]);
    case "drifted":
      return filled(3, ["unequal"]);
    case "expired":
      return ["dashed", "dashed", "dashed", "dashed"];
    default:
      return state satisfies never;
  }
}

/**
 * Four steps of 6 px: queued, delivered, applied, verified. Decoration: the word beside them says the same.
 * `lastGoodStep` is how far a failed command came (1 queued to 3 applied).
 */
export function CommandSteps({ state, lastGoodStep = 2 }: { state: CommandState; lastGoodStep?: number }) {
  return (
    <svg aria-hidden width="30" height="8" viewBox="0 0 30 8" className={cx("shrink-0", COLOUR[state])}>
      {stepsOf(state, lastGoodStep).map((step, index) => (
        <StepMark key={index} step={step} x={index * 8} />
      ))}
    </svg>
  );
}

function StepMark({ step, x }: { step: Step; x: number }) {
  switch (step) {
    case "filled":
      return <rect x={x} y="1" width="6" height="6" fill="currentColor" />;
    case "empty":
      return <rect x={x + 0.5} y="1.5" width="5" height="5" fill="none" stroke="var(--ctl)" />;
    case "dashed":
      return (
        <rect
          x={x + 0.5}
          y="1.5"
          width="5"
          height="5"
          fill="none"
          stroke="var(--ctl)"
          strokeDasharray="2 1.4"
        />
      );
    case "cross":
      return <path d={`M${x} 1l6 6M${x + 6} 1l-6 6`} stroke="currentColor" strokeWidth="1.6" fill="none" />;
    case "unequal":
      return (
        <path
          d={`M${x} 2.7h6M${x} 5.5h6M${x + 4.6} .4l-3.2 7.2`}
          stroke="currentColor"
          strokeWidth="1.2"
          fill="none"
        />
      );
    default:
      return step satisfies never;
  }
}
