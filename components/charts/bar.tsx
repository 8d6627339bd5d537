import { cx } from "../ui/cx.ts";

/** Linear from zero; the longest of its list fills the column. */
export function Bar({
  value,
  most,
  high,
  className,
}: {
  value: number;
  most: number;
  high: boolean;
  className?: string;
}) {
  const percent = most > 0 ? Math.max(1.5, (value / most) * 100) : 0;
  return (
    <svg aria-hidden className={cx("block h-[7px] w-full", className)}>
      <rect
        width={`${percent.toFixed(2)}%`}
        height="7"
        rx="0.75"
        fill={high ? "var(--acc)" : "var(--acc-mid)"}
      />
    </svg>
  );
}
