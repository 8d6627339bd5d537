"use client";

import { useEffect, useRef, useState } from "react";
import type { BanRow } from "../../lib/query/bans.ts";
import { actionOutcome } from "../actions/action-words.ts";

/** Says aloud, politely, how actions come along. What was there when the page opened is not news. */
export function ActionNews({ rows }: { rows: readonly BanRow[] }) {
  const known = useRef<Map<string, string> | null>(null);
  const [news, setNews] = useState("");
  useEffect(() => {
    const now = new Map(
      rows.flatMap((row) =>
        row.action === null
          ? []
          : [
              [
                row.action.id,
                `${row.action.verb.replace("_", " ")} ${row.address}: ${actionOutcome(row.action)}`,
              ],
            ],
      ),
    );
    const before = known.current;
    known.current = now;
    if (before === null) return;
    const fresh = [...now].filter(([id, text]) => before.get(id) !== text).map(([, text]) => text);
    if (fresh.length > 0) setNews(fresh.join(". "));
  }, [rows]);
  return <output className="sr-only">{news}</output>;
}
