import type { BanRow } from "../../lib/query/bans.ts";
import { ActionSummary } from "../actions/action-summary.tsx";
import { needsYou } from "../actions/action-words.ts";

const VERB = { unban: "Unban", ban_permanently: "Ban", undo: "Undo" } as const;
/** On how many hosts it is blocked, or how far the action is that changes that. */
export function BlockedOn({ row, hostTotal }: { row: BanRow; hostTotal: number }) {
  const { action } = row;
  const failed = action === null ? 0 : needsYou(action);
  if (action !== null && failed === 0) {
    const verb = action.verb in VERB ? VERB[action.verb as keyof typeof VERB] : "Action";
    return <ActionSummary action={action} verb={verb} />;
  }
  const unknown = row.unknownHostCount;
  // What a silent host blocks now is unknown, and never counted as blocked.
  const known = Math.max(0, row.hostCount - unknown);
  return (
    <span className="flex items-center gap-2.5 whitespace-nowrap">
      <Meter blocked={known} failed={failed} total={hostTotal} />
      {known === 0 && unknown > 0 ? null : (
        <span>
          {known}
          {known === hostTotal && hostTotal > 1 ? <span className="text-t3"> all</span> : null}
        </span>
      )}
      {failed > 0 ? (
        <span className="font-strong text-crit">
          {failed} {failed === 1 ? "needs" : "need"} you
        </span>
      ) : unknown > 0 ? (
        <span className="text-warn" title="The agent is silent: what the host blocks now is unknown.">
          {known === 0 ? "Unknown" : `${unknown} unknown`}
        </span>
      ) : null}
    </span>
  );
}

const WIDTH = 72;

function Meter({ blocked, failed, total }: { blocked: number; failed: number; total: number }) {
  const width = (count: number) =>
    count === 0 || total === 0 ? 0 : Math.max(2, Math.min(1, count / total) * WIDTH);
  return (
    <svg aria-hidden width={WIDTH} height="6" viewBox={`0 0 ${WIDTH} 6`} className="shrink-0">
      <rect width={WIDTH} height="6" fill="var(--s3)" />
      <rect width={width(blocked)} height="6" fill="var(--t2)" />
      {failed > 0 ? (
        <rect x={WIDTH - width(failed)} width={width(failed)} height="6" fill="var(--crit)" />
      ) : null}
    </svg>
  );
}
