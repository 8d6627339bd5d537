"use client";

import { useRef, useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import type { ShellCounts } from "../../lib/query/shell-counts.ts";
import { type Topic, useLiveQuery } from "../live/use-live.ts";
import { ToastProvider } from "../ui/toast.tsx";
import type { ShellPerson } from "./account-menu.tsx";
import { DemoBanner } from "./demo-banner.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { PAGES } from "./pages.ts";
import { useShortcuts } from "./shortcuts.ts";
import { TabBar } from "./tab-bar.tsx";
import { toggleTheme } from "./theme.ts";
import { TopBar } from "./top-bar.tsx";

const CHORD_MS = 1_000;
const TOPICS: readonly Topic[] = ["bans", "hosts", "commands"];
/** Until there was one, every event may be the first. */
const FIRST_TOPICS: readonly Topic[] = [...TOPICS, "events"];

/** What is around every page: the bar, the tabs of a phone, shortcuts, messages. */
export function Shell({
  person,
  signOut,
  initialCounts,
  nowMs,
  demo,
  children,
}: {
  person: ShellPerson;
  signOut: () => Promise<unknown>;
  initialCounts: ShellCounts;
  nowMs: number;
  demo: boolean;
  children: ReactNode;
}) {
  const router = useRouter();
  const [help, setHelp] = useState(false);
  const gAtMs = useRef(0);
  const [topics, setTopics] = useState(initialCounts.hasEvents ? TOPICS : FIRST_TOPICS);
  const { data: counts } = useLiveQuery("/api/query/shell", initialCounts, topics, { showsSteps: false });
  if (counts.hasEvents && topics === FIRST_TOPICS) setTopics(TOPICS);
  const goTo = (href: string) => () => {
    if (Date.now() - gAtMs.current > CHORD_MS) return false;
    gAtMs.current = 0;
    router.push(href);
    return true;
  };
  useShortcuts({
    g: () => {
      gAtMs.current = Date.now();
    },
    "?": () => setHelp(true),
    t: toggleTheme,
    ...Object.fromEntries(PAGES.map((page) => [page.key, goTo(page.href)])),
  });
  return (
    <ToastProvider>
      <div className="flex min-h-dvh flex-col">
        <a
          href="#content"
          className="fixed top-2 left-2 z-[70] -translate-y-20 rounded-control bg-t1 px-3 py-1.5 text-bg focus:translate-y-0"
        >
          Skip to the content
        </a>
        <TopBar
          counts={counts}
          nowMs={nowMs}
          person={person}
          signOut={signOut}
          onHelp={() => setHelp(true)}
        />
        {demo ? <DemoBanner /> : null}
        <main
          id="content"
          tabIndex={-1}
          className="flex flex-1 flex-col pb-[calc(60px+env(safe-area-inset-bottom))] outline-none tab:pb-0"
        >
          {children}
        </main>
      </div>
      <TabBar hostsDegraded={counts.hostsDegraded} />
      <HelpDialog open={help} onOpenChange={setHelp} />
    </ToastProvider>
  );
}
