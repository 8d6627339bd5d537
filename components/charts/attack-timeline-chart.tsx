"use client";

import { Area, ComposedChart, Line, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { AttackTimeline } from "../../lib/query/attack-timeline.ts";
import { niceCeiling } from "./time-ticks.ts";

/** Steps of attacks over the ribbon of what is usual; what is above the ribbon is filled. */
export function AttackTimelineChart({ timeline, height }: { timeline: AttackTimeline; height: number }) {
  const { firstMs, stepMs, endMs, attacks, usual } = timeline;
  const points = attacks.map((count, index) => {
    const band = usual?.[index];
    return {
      at: firstMs + index * stepMs,
      count: index < attacks.length - 1 ? count : undefined,
      running: index < attacks.length - 1 ? undefined : count,
      band: band ? [band.low, band.high] : undefined,
      above: band ? [band.high, Math.max(band.high, count)] : undefined,
    };
  });
  const last = points.at(-1);
  const lastFull = points.at(-2);
  // A step lasts until the next one begins: the last full one until the running one, which lasts until now.
  const data = last
    ? [...points.slice(0, -1), { ...last, count: lastFull?.count }, { ...last, at: endMs }]
    : [];
  const largest = Math.max(1, ...attacks, ...(usual ?? []).map((band) => band?.high ?? 0));
  const line = niceCeiling(largest);
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={data}
        margin={{ top: 14, right: 0, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <XAxis dataKey="at" type="number" domain={[firstMs, endMs]} hide />
        <YAxis domain={[0, Math.max(largest, line)]} hide />
        <ReferenceLine y={line} stroke="var(--line)" />
        {usual ? (
          <Area
            dataKey="band"
            type="monotone"
            stroke="none"
            fill="var(--band)"
            fillOpacity={1}
            isAnimationActive={false}
            activeDot={false}
          />
        ) : null}
        {usual ? (
          <Area
            dataKey="above"
            type="stepAfter"
            stroke="none"
            fill="var(--acc)"
            fillOpacity={0.85}
            isAnimationActive={false}
            activeDot={false}
          />
        ) : null}
        <Line
          dataKey="count"
          type="stepAfter"
          stroke="var(--acc)"
          strokeWidth={1.4}
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
        <Line
          dataKey="running"
          type="stepAfter"
          stroke="var(--acc)"
          strokeWidth={1.4}
          strokeDasharray="3 2"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}
