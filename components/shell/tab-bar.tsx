"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cx } from "../ui/cx.ts";
import { isCurrent } from "./top-bar.tsx";
import { PAGES } from "./pages.ts";

/** The pages on a phone, at the lower edge. */
export function TabBar({ hostsDegraded }: { hostsDegraded: number }) {
  const path = usePathname();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 grid h-[calc(60px+env(safe-area-inset-bottom))] grid-cols-5 border-t border-line bg-s1 pb-[env(safe-area-inset-bottom)] tab:hidden"
    >
      {PAGES.filter((page) => page.onPhone).map((page) => {
        const current = isCurrent(page.href, path);
        return (
          <Link
            key={page.href}
            href={page.href}
            aria-current={current ? "page" : undefined}
            className={cx(
              "relative flex flex-col items-center justify-center gap-0.5 text-11",
              current ? "text-t1" : "text-t2",
            )}
          >
            {current ? (
              <span aria-hidden className="absolute top-[-1px] h-0.5 w-9 rounded-full bg-t1" />
            ) : null}
            <page.icon aria-hidden className="size-5" strokeWidth={1.6} />
            {page.name}
            {page.href === "/hosts" && hostsDegraded > 0 ? (
              <>
                <svg aria-hidden viewBox="0 0 8 8" className="absolute top-2.5 left-[calc(50%+10px)] size-2">
                  <path d="M4 0 8 8H0Z" fill="var(--warn)" />
                </svg>
                <span className="sr-only">, {hostsDegraded} need a look</span>
              </>
            ) : null}
          </Link>
        );
      })}
    </nav>
  );
}
