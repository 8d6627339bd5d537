"use client";

import type { ComponentProps, ReactNode } from "react";
import { Popover as Radix } from "radix-ui";
import { cx } from "./cx.ts";

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;
export const PopoverAnchor = Radix.Anchor;

/** Traps focus, closes on Esc, gives the focus back. */
export function PopoverContent({
  children,
  className,
  arrow = false,
  ...rest
}: ComponentProps<typeof Radix.Content> & { children: ReactNode; arrow?: boolean }) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        collisionPadding={12}
        className={cx(
          "floating appear z-50 w-[min(426px,calc(100vw-24px))] p-[18px] outline-none",
          className,
        )}
        {...rest}
      >
        {children}
        {arrow ? <Radix.Arrow className="fill-pop stroke-line2" width={16} height={8} /> : null}
      </Radix.Content>
    </Radix.Portal>
  );
}
