import { Check } from "lucide-react";
import { Glyph } from "../ui/glyph.tsx";
import type { Bannable } from "./use-bannable.ts";

/** What was looked at before a ban, and what it said. */
export function Checks({ bannable }: { bannable: Bannable | null }) {
  return (
    <div aria-live="polite" className="grid min-h-[42px] content-start gap-1 text-t2">
      {bannable === null ? null : bannable.kind === "checking" ? (
        <p className="text-t3">Checking that this locks nobody out…</p>
      ) : bannable.kind === "refused" ? null : (
        bannable.checks.map((check) => (
          <p key={check.text} className={check.passed ? "flex gap-2" : "flex gap-2 text-crit"}>
            {check.passed ? (
              <Check aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            ) : (
              <Glyph name="needs-you" size={13} className="mt-0.5" />
            )}
            <span>
              <span className="sr-only">{check.passed ? "Passed: " : "Refused: "}</span>
              {check.text}
            </span>
          </p>
        ))
      )}
    </div>
  );
}
