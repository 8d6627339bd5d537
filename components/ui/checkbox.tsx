"use client";

import type { ComponentProps } from "react";
import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { cx } from "./cx.ts";

export function Checkbox({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cx(
        "touchable ease-colour group grid size-3.5 shrink-0 place-items-center rounded-mark border border-ctl data-[state=checked]:border-t1 data-[state=checked]:bg-t1 data-[state=indeterminate]:border-t1 data-[state=indeterminate]:bg-t1",
        className,
      )}
      {...rest}
    >
      <Radix.Indicator className="text-bg">
        <Check aria-hidden className="size-3 group-data-[state=indeterminate]:hidden" strokeWidth={3} />
        <Minus aria-hidden className="hidden size-3 group-data-[state=indeterminate]:block" strokeWidth={3} />
      </Radix.Indicator>
    </Radix.Root>
  );
}
