"use client";

import { RadioGroup } from "radix-ui";
import { type ReactNode, useId } from "react";

export type ScopeOption = { value: string; label: string; note: ReactNode };

/** Where an action applies. The first choice has the focus. */
export function ScopeChoice({
  value,
  options,
  onChange,
}: {
  value: string;
  options: readonly ScopeOption[];
  onChange: (value: string) => void;
}) {
  const name = useId();
  return (
    <RadioGroup.Root
      aria-label="Where"
      value={value}
      onValueChange={onChange}
      className="grid gap-2.5 max-tab:gap-1"
    >
      {options.map((option) => (
        <label
          key={option.value}
          htmlFor={`${name}-${option.value}`}
          className="flex cursor-pointer items-start gap-2.5 max-tab:min-h-11"
        >
          <RadioGroup.Item
            id={`${name}-${option.value}`}
            value={option.value}
            className="mt-0.5 grid size-[15px] shrink-0 place-items-center rounded-full border border-ctl bg-bg data-[state=checked]:border-[5px] data-[state=checked]:border-t1"
          />
          <span>
            <span className="font-strong">{option.label}</span>
            <span className="block text-12 text-t2">{option.note}</span>
          </span>
        </label>
      ))}
    </RadioGroup.Root>
  );
}
