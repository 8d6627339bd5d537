import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

/**
 * - `primary` the one that carries the page's purpose: neutral, never red
 * - `outline` everything else
 * - `quiet` a mark in a row, without an outline
 */
export type ButtonKind = "primary" | "outline" | "quiet";

const KIND: Record<ButtonKind, string> = {
  primary: "bg-t1 text-bg hover:bg-t2 disabled:bg-s3 disabled:text-t3 px-3",
  outline: "border border-line2 text-t1 hover:bg-s2 disabled:text-t3 disabled:hover:bg-transparent px-3",
  quiet: "text-t2 hover:bg-s2 hover:text-t1 disabled:text-t3 px-2",
};

export function buttonClass(kind: ButtonKind, large = false): string {
  return cx(
    "ease-colour inline-flex items-center justify-center gap-1.5 rounded-control font-control whitespace-nowrap",
    large ? "h-11 text-15" : "h-11 text-14 tab:h-[30px] tab:text-13",
    KIND[kind],
  );
}

export function Button({
  kind = "outline",
  large,
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { kind?: ButtonKind; large?: boolean }) {
  return <button type={type} className={cx(buttonClass(kind, large), className)} {...rest} />;
}
