import type { CSSProperties } from "react";

/** A list that is read down its first column and then down its second, in wide windows; use with `inTwoColumns`. */
export const TWO_COLUMNS = "wide:grid wide:auto-cols-fr wide:grid-flow-col wide:gap-x-10";

export function inTwoColumns(rowCount: number): CSSProperties {
  return { gridTemplateRows: `repeat(${Math.ceil(rowCount / 2)}, auto)` };
}
