import { whole } from "../charts/format.ts";
import { circleRadius, legendValues, smallestDotAttacks } from "./circle-scale.ts";

/** Nested circles at round values, drawn with the formula of the map. */
export function CircleLegend({
  reference,
  largest,
  unit = "",
}: {
  reference: number;
  largest: number;
  /** After the largest value, such as “ attacks, area to scale”. */
  unit?: string;
}) {
  if (reference <= 0) return null;
  const values = legendValues(reference);
  const radii = values.map((value) => circleRadius(value, reference, largest));
  const big = radii[0] ?? 0;
  const height = big * 2 + 10;
  const right = big * 2 + 12;
  // Text needs 13 px between its lines, whatever the circles are.
  const tops: number[] = [];
  for (const [index, r] of radii.entries()) {
    const wanted = height - 2 - r * 2;
    tops.push(index === 0 ? Math.max(6, wanted) : Math.max(wanted, (tops[index - 1] ?? 0) + 13));
  }
  const smallest = smallestDotAttacks(reference, largest);
  const fullHeight = Math.max(height, (tops.at(-1) ?? 0) + 8);
  return (
    <div className="text-11 text-t3">
      <svg
        role="img"
        aria-label={`Scale: ${values.map((value, index) => `radius ${(radii[index] ?? 0).toFixed(0)} px is ${whole(value)} attacks`).join(", ")}`}
        width={right + 32 + (unit.length * 5.6 + 20)}
        height={fullHeight}
      >
        {values.map((value, index) => {
          const r = radii[index] ?? 0;
          const y = tops[index] ?? 0;
          return (
            <g key={value}>
              <circle
                cx={big + 1}
                cy={height - 2 - r}
                r={r}
                fill="none"
                stroke="var(--t3)"
                strokeWidth={0.9}
              />
              <path
                d={`M${big + 1} ${height - 2 - 2 * r} L${right} ${y} H${right + 12}`}
                fill="none"
                stroke="var(--ctl)"
                strokeWidth={0.6}
              />
              <text x={right + 16} y={y + 4} fill="var(--t2)">
                {whole(value)}
                {index === 0 ? unit : ""}
              </text>
            </g>
          );
        })}
      </svg>
      {smallest > 1 ? <p>smallest dot: up to {whole(smallest)} attacks</p> : null}
    </div>
  );
}
