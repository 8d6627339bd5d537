"use client";

import type { ReactNode } from "react";
import { ToggleGroup } from "radix-ui";
import { cx } from "./cx.ts";

/** One choice of a few, all of them visible. Arrow keys move between them. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode; count?: string }[];
  onChange: (value: Value) => void;
  className?: string;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onChange(chosen.value);
      }}
      className={cx(
        "inline-flex h-11 items-center rounded-control border border-line2 p-px tab:h-[30px]",
        className,
      )}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="ease-colour h-full rounded-[5px] px-2.5 tab:px-[9px] text-t2 hover:text-t1 data-[state=on]:bg-s3 data-[state=on]:font-head data-[state=on]:text-t1 whitespace-nowrap"
        >
          {option.label}
          {option.count === undefined ? null : <span className="font-normal text-t3"> {option.count}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
