import type { Lane } from "../../lib/query/attacker-lane.ts";

const WIDTH = 336;
const HOURS = 168;
const BARS_PX = 12;
const STRIP_PX = 8;

/**
 * Seven days of one host: attacks upwards by the hour, below them the times that it blocked. `most` is the largest
 * hour of all lanes, so that they compare. Decoration: the columns beside it say what matters.
 */
export function LaneChart({ lane, most }: { lane: Lane; most: number }) {
  const x = (hour: number) => (hour / HOURS) * WIDTH;
  const stripTop = BARS_PX + 2;
  return (
    <svg
      aria-hidden
      width={WIDTH}
      height={stripTop + STRIP_PX}
      viewBox={`0 0 ${WIDTH} ${stripTop + STRIP_PX}`}
      className="block"
    >
      {[1, 2, 3, 4, 5, 6].map((day) => (
        <path
          key={day}
          d={`M${Math.round(x(day * 24)) + 0.5} 0V${stripTop + STRIP_PX}`}
          stroke="var(--line)"
        />
      ))}
      {lane.blocked.map((time) => (
        <g key={time.from}>
          <rect
            x={x(time.from)}
            y={stripTop}
            width={Math.max(1.5, x(time.to) - x(time.from))}
            height={STRIP_PX}
            fill="var(--s3)"
          />
          <rect x={x(time.from)} y={stripTop} width="1.5" height={STRIP_PX} fill="var(--t3)" />
        </g>
      ))}
      {lane.bars.map((bar) => {
        const height = Math.max(2, (bar.attacks / most) * BARS_PX);
        return (
          <rect
            key={bar.hour}
            x={x(bar.hour)}
            y={BARS_PX - height}
            width="2"
            height={height}
            fill="var(--acc)"
          />
        );
      })}
    </svg>
  );
}
