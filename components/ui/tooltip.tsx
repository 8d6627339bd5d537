"use client";

import type { ReactNode } from "react";
import { Tooltip as Radix } from "radix-ui";

export const TooltipProvider = Radix.Provider;

/** A name or an exact value, on hover and focus. Never the only place where something is said. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="appear z-50 max-w-72 rounded-control border border-line2 bg-pop px-2 py-1 text-12 text-t1 shadow-pop"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
