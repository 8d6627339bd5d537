/** A line without axes: its numbers are written beside it. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * 300;
  const y = (value: number) => 13 - (value / most) * 11;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const last = values.at(-1) ?? 0;
  return (
    <div className="relative h-[14px] w-full pr-1">
      <svg
        role="img"
        aria-label={label}
        viewBox="0 0 300 14"
        preserveAspectRatio="none"
        className="h-full w-full overflow-visible"
      >
        <polyline
          points={points}
          fill="none"
          stroke="var(--t2)"
          strokeWidth="1.1"
          vectorEffect="non-scaling-stroke"
          strokeLinejoin="round"
        />
      </svg>
      <svg aria-hidden className="absolute top-0 right-0 h-full w-2 overflow-visible">
        <circle cx="4" cy={y(last)} r="2" fill="var(--t1)" />
      </svg>
    </div>
  );
}
