import type { AttackTimeline } from "../../lib/query/attack-timeline.ts";
import { clockMinute } from "./format.ts";

const WIDTH = 132;
const HEIGHT = 46;
const STEPS = 36;

/** The end of the timeline in small, for a phone: its numbers are written beside it. */
export function StepSpark({ timeline }: { timeline: AttackTimeline }) {
  const from = Math.max(0, timeline.attacks.length - 1 - STEPS);
  const counts = timeline.attacks.slice(from, -1);
  const usual = timeline.usual?.slice(from, -1) ?? null;
  const most = Math.max(1, ...counts, ...(usual ?? []).map((band) => band?.high ?? 0));
  const step = WIDTH / Math.max(1, counts.length);
  const y = (count: number) => (HEIGHT - (count / most) * (HEIGHT - 2)).toFixed(1);
  const x = (index: number) => (index * step).toFixed(1);
  const path = counts
    .map((count, index) => `${index === 0 ? "M" : "L"}${x(index)} ${y(count)}H${x(index + 1)}`)
    .join("");
  return (
    <svg aria-hidden width={WIDTH} height={HEIGHT + 18} className="shrink-0">
      {usual?.map((band, index) =>
        band === null ? null : (
          <rect
            key={index}
            x={x(index)}
            y={y(band.high)}
            width={step + 0.3}
            height={Math.max(0.5, Number(y(band.low)) - Number(y(band.high)))}
            fill="var(--band)"
          />
        ),
      )}
      {counts.map((count, index) => {
        const high = usual?.[index]?.high ?? Infinity;
        return count > high ? (
          <rect
            key={index}
            x={x(index)}
            y={y(count)}
            width={step + 0.3}
            height={Number(y(high)) - Number(y(count))}
            fill="var(--above)"
          />
        ) : null;
      })}
      <path d={path} fill="none" stroke="var(--acc)" strokeWidth="1.4" />
      <path d={`M0 ${HEIGHT + 0.5}H${WIDTH}`} stroke="var(--line2)" />
      <text x="0" y={HEIGHT + 14} fontSize="11" fill="var(--t3)">
        {clockMinute(timeline.firstMs + from * timeline.stepMs)}
      </text>
      <text x={WIDTH} y={HEIGHT + 14} fontSize="11" fill="var(--t3)" textAnchor="end">
        {clockMinute(timeline.endMs)}
      </text>
    </svg>
  );
}
