import type { ReactNode } from "react";

/** A key cap. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-grid h-[18px] min-w-[18px] place-items-center rounded-mark border border-line2 px-1 font-mono text-11 leading-none text-t2">
      {children}
    </kbd>
  );
}
