import { Check } from "lucide-react";
import type { Bannable } from "./use-bannable.ts";

/** What was looked at before a ban: everything that passed in one paragraph, what did not on its own. */
export function Checks({ bannable }: { bannable: Bannable | null }) {
  const passed = bannable?.kind === "checked" ? bannable.checks.filter((check) => check.passed) : [];
  return (
    <div aria-live="polite" className="min-h-[36px] text-12 text-t2">
      {bannable?.kind === "checking" ? (
        <p className="text-t3">Checking that this locks nobody out…</p>
      ) : passed.length > 0 ? (
        <p className="flex gap-2">
          <Check aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>{passed.map((check) => check.text).join(". ")}.</span>
        </p>
      ) : null}
    </div>
  );
}
