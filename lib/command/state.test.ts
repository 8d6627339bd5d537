import fc from "fast-check";
import { expect, test } from "vitest";
import { REPORT_STATES } from "../wire/wire.ts";
import { type CommandState, statesBefore } from "./state.ts";

/** What becomes of a queued command that is reported on so. */
function after(reports: readonly (typeof REPORT_STATES)[number][], followsRule: boolean): CommandState {
  let state: CommandState = "queued";
  for (const report of reports) if (statesBefore(report, followsRule).includes(state)) state = report;
  return state;
}

const reports = fc.array(fc.constantFrom(...REPORT_STATES), { maxLength: 12 });

test("an unban or reban that ended never moves again, whatever is reported after", () => {
  fc.assert(
    fc.property(reports, fc.constantFrom("verified", "failed", "drifted"), reports, (before, end, later) => {
      const ended = after([...before, "applied", end], false);
      expect(after([...before, "applied", end, ...later], false)).toBe(ended);
    }),
  );
});

test("no report puts a command back to an earlier step", () => {
  const steps: CommandState[] = ["queued", "delivered", "applied", "verified"];
  for (const followsRule of [true, false]) {
    for (const [place, step] of steps.entries()) {
      for (const report of REPORT_STATES) {
        const target = steps.indexOf(report);
        if (target !== -1 && target <= place) expect(statesBefore(report, followsRule)).not.toContain(step);
      }
    }
  }
});

test("a repeated report changes nothing", () => {
  for (const report of REPORT_STATES) expect(statesBefore(report, true)).not.toContain(report);
});

test("what follows a rule ends as verified when the last word is verified", () => {
  fc.assert(
    fc.property(reports, (before) => {
      expect(after([...before, "verified"], true)).toBe("verified");
    }),
  );
});
