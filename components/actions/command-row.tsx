import type { CommandProgress } from "../../lib/query/action-progress.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { commandSentence, exactTime, STATE_WORD, stateSinceMs, whenOf } from "./action-words.ts";
import { CommandSteps, STATE_TEXT } from "./command-steps.tsx";

/** Does the command again on its host; absent where the person may not, or it can't be done again. */
export type Again = (command: CommandProgress) => void;

/** One host of an action: how far it is, since when, and what the host says. */
export function CommandRow({
  command,
  nowMs,
  again,
  off,
}: {
  command: CommandProgress;
  nowMs: number;
  again: Again | null;
  /** Why nothing can be done now; null when it can. */
  off: string | null;
}) {
  const canRetry = again !== null && RETRIABLE.has(command.state) && command.verb === "unban";
  const sinceMs = stateSinceMs(command);
  return (
    <li className="flex min-h-[34px] flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line py-1 tab:grid tab:grid-cols-[76px_100px_64px_minmax(0,1fr)_auto]">
      <span className="truncate font-strong" title={command.hostName}>
        {command.hostName}
      </span>
      <span className="flex items-center gap-2">
        <CommandSteps state={command.state} lastGoodStep={lastGoodStep(command)} />
        <span className={cx(STATE_TEXT[command.state], ATTENTION.has(command.state) && "font-strong")}>
          {STATE_WORD[command.state]}
        </span>
      </span>
      <time
        dateTime={new Date(sinceMs).toISOString()}
        title={exactTime(sinceMs)}
        className="mono whitespace-nowrap text-t3"
      >
        {whenOf(sinceMs, nowMs)}
      </time>
      <span className="min-w-0 text-t2 max-tab:basis-full tab:py-px">
        {commandSentence(command, nowMs)}
        {command.evidence.length > 0 ? <Evidence lines={command.evidence} /> : null}
      </span>
      {canRetry ? (
        <Button
          className="tab:!h-[26px]"
          disabled={off !== null}
          title={off ?? undefined}
          onClick={() => again(command)}
        >
          Retry
        </Button>
      ) : null}
    </li>
  );
}

/** What the firewall said when the agent read it back, as the host wrote it. */
function Evidence({ lines }: { lines: readonly string[] }) {
  return (
    <details className="inline open:block">
      <summary
        title="What the firewall said when it was read back"
        className="ml-2 inline font-control text-t1 underline decoration-line2 underline-offset-2"
      >
        Proof
      </summary>
      <pre className="mono mt-1 mb-1 max-w-full overflow-x-auto rounded-control bg-s2 px-2 py-1 text-12 whitespace-pre-wrap text-t2">
        {lines.join("\n")}
      </pre>
    </details>
  );
}

const ATTENTION = new Set(["failed", "drifted"]);
// What follows a rule is tried again by the agent itself, until it holds or the rule is taken back.
const RETRIABLE = new Set(["failed", "drifted", "expired"]);

function lastGoodStep(command: CommandProgress): number {
  if (command.appliedAtMs !== null) return 3;
  return command.deliveredAtMs === null ? 1 : 2;
}
