import type { Band } from "../../lib/query/usual.ts";

/** A count against its usual range: the bar, the range as a band with its median, and what is above it. */
export function UsualMeter({ count, usual }: { count: number; usual: Band | null }) {
  const most = Math.max(1, count, (usual?.high ?? 0) * 1.02);
  const x = (value: number) => `${Math.min(100, (value / most) * 100).toFixed(2)}%`;
  const width = (from: number, to: number) => `${Math.max(0, ((to - from) / most) * 100).toFixed(2)}%`;
  return (
    <svg aria-hidden width="92%" height="14" className="block">
      {usual ? (
        <rect x={x(usual.low)} y="1" width={width(usual.low, usual.high)} height="12" fill="var(--band)" />
      ) : null}
      <rect
        x="0"
        y="5"
        width={x(usual ? Math.min(count, usual.high) : count)}
        height="4"
        fill="var(--acc-mid)"
      />
      {usual && count > usual.high ? (
        <rect x={x(usual.high)} y="5" width={width(usual.high, count)} height="4" fill="var(--acc)" />
      ) : null}
      {usual ? <rect x={x(usual.median)} y="1" width="1.5" height="12" fill="var(--t3)" /> : null}
    </svg>
  );
}
