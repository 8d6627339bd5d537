import { cx } from "./cx.ts";

/** A grey block of the final size, shown only when loading takes longer than 200 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("skeleton", className)} />;
}
