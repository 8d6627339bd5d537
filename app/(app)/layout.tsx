import type { ReactNode } from "react";
import { Shell } from "../../components/shell/shell.tsx";
import { connections } from "../../lib/db/client.ts";
import { instance } from "../../lib/instance/instance.ts";
import { shellCounts } from "../../lib/query/shell-counts.ts";
import { signOutAction } from "../actions/sign-out.ts";
import { requirePerson } from "../session.ts";

export default async function AppLayout({ children }: { children: ReactNode }) {
  const { name, email, role } = await requirePerson();
  const nowMs = Date.now();
  const [counts, { demo }] = await Promise.all([
    shellCounts(connections().db, nowMs),
    instance(connections()),
  ]);
  return (
    <Shell
      person={{ name, email, role }}
      signOut={signOutAction}
      initialCounts={counts}
      nowMs={nowMs}
      demo={demo}
    >
      {children}
    </Shell>
  );
}
