"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { whole } from "../charts/format.ts";
import { Glyph } from "../ui/glyph.tsx";
import { cx } from "../ui/cx.ts";
import { AccountMenu, type ShellPerson } from "./account-menu.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { Logo } from "./logo.tsx";
import { PAGES } from "./pages.ts";
import { SearchBox } from "./search-box.tsx";
import type { ShellCounts } from "../../lib/query/shell-counts.ts";
import { ThemeButton } from "./theme-button.tsx";

export function isCurrent(href: string, path: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}

export function TopBar({
  counts,
  nowMs,
  person,
  signOut,
  onHelp,
}: {
  counts: ShellCounts;
  nowMs: number;
  person: ShellPerson;
  signOut: () => Promise<unknown>;
  onHelp: () => void;
}) {
  const path = usePathname();
  return (
    <header className="page-x sticky top-0 z-30 flex h-[52px] items-center border-b border-line bg-bg tab:h-12">
      <Link
        href="/"
        className="flex items-center gap-2 text-14 font-head"
        aria-label="Banwatch, to the overview"
      >
        <Logo />
        <span className="max-tab:hidden">Banwatch</span>
      </Link>
      <nav
        aria-label="Pages"
        className="ml-[39px] hidden h-full gap-[22px] tab:flex max-[959px]:ml-6 max-[959px]:gap-4"
      >
        {PAGES.map((page) => {
          const current = isCurrent(page.href, path);
          return (
            <Link
              key={page.href}
              href={page.href}
              aria-current={current ? "page" : undefined}
              className={cx(
                "ease-colour flex h-full items-center gap-1.5 border-y-2 border-transparent font-control hover:text-t1",
                current ? "border-b-t1 font-strong text-t1" : "text-t2",
              )}
            >
              {page.name}
              <PageCount href={page.href} counts={counts} />
            </Link>
          );
        })}
      </nav>
      <div className="ml-auto flex items-center gap-3 tab:gap-4">
        <LiveIndicator nowMs={nowMs} hasEvents={counts.hasEvents} />
        <div className="tab:order-first">
          <SearchBox />
        </div>
        <div className="flex items-center gap-2">
          <ThemeButton />
          <AccountMenu person={person} signOut={signOut} onHelp={onHelp} />
        </div>
      </div>
    </header>
  );
}

function PageCount({ href, counts }: { href: string; counts: ShellCounts }) {
  if (href === "/bans" && counts.blocked > 0) {
    return (
      <span className="text-12 font-normal text-t3">
        {whole(counts.blocked)} <span className="sr-only">blocked now</span>
      </span>
    );
  }
  if (href === "/hosts" && counts.hostsDegraded > 0) {
    return (
      <span className="flex items-center gap-1 text-12 font-normal text-t3">
        <Glyph name="degraded" size={13} />
        {counts.hostsDegraded} <span className="sr-only">need a look</span>
      </span>
    );
  }
  if (href === "/actions" && counts.actionsUnderWay > 0) {
    return (
      <span className="text-12 font-normal text-t3">
        {counts.actionsUnderWay} <span className="sr-only">under way</span>
      </span>
    );
  }
  return null;
}
