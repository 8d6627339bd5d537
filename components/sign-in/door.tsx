import type { ReactNode } from "react";
import { Logo } from "../shell/logo.tsx";

/** The one calm column of the pages before the app. */
export function Door({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto grid w-full max-w-[408px] content-start gap-6 px-4 pt-[14vh] pb-10">
      <div className="flex items-center gap-2 text-14 font-head">
        <Logo />
        Banwatch
      </div>
      <div className="grid gap-2">
        <h1 className="text-28 font-head">{title}</h1>
        <div className="text-15 text-t2">{lead}</div>
      </div>
      {children}
    </main>
  );
}
