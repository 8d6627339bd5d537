import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

/** Parts of a table: hairlines, rows of 37 px, a head in 12 px. */
export function Table({ className, ...rest }: ComponentProps<"table">) {
  return <table className={cx("w-full border-collapse text-left", className)} {...rest} />;
}

export function HeadCell({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cx(
        "h-[37px] border-b border-line2 pr-4 text-12 font-normal whitespace-nowrap text-t2",
        className,
      )}
      {...rest}
    />
  );
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      className={cx("ease-colour h-[45px] border-b border-line hover:bg-s2 tab:h-[37px]", className)}
      {...rest}
    />
  );
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return <td className={cx("pr-4", className)} {...rest} />;
}
