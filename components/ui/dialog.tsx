"use client";

import type { ReactNode } from "react";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { cx } from "./cx.ts";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;

/** A question or a list over the page. */
export function DialogContent({
  title,
  description,
  children,
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-50 bg-[#00000073]" />
      <Radix.Content
        className={cx(
          "floating appear fixed inset-x-3 top-[12vh] z-50 mx-auto max-h-[80vh] max-w-[480px] overflow-y-auto p-5 outline-none",
          className,
        )}
        {...(description === undefined ? { "aria-describedby": undefined } : {})}
      >
        <div className="flex items-start gap-3">
          <Radix.Title className="flex-1 text-15 font-head">{title}</Radix.Title>
          <Radix.Close
            aria-label="Close"
            className="touchable grid size-6 place-items-center rounded-control text-t2 hover:bg-s2 hover:text-t1"
          >
            <X aria-hidden className="size-4" />
          </Radix.Close>
        </div>
        {description === undefined ? null : (
          <Radix.Description className="mt-1 text-t2">{description}</Radix.Description>
        )}
        <div className="mt-4">{children}</div>
      </Radix.Content>
    </Radix.Portal>
  );
}
