import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

/** Inside an input the focus is its border, so that the outline does not cut into its neighbours. */
const INPUT_CLASS =
  "ease-colour w-full rounded-control border border-ctl bg-transparent px-3 text-t1 outline-none focus-visible:border-acc focus-visible:shadow-[inset_0_0_0_1px_var(--acc)] disabled:text-t3 h-11 text-15 tab:h-[34px] tab:text-13 aria-invalid:border-crit";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cx(INPUT_CLASS, className)} {...rest} />;
}

/** A label, the control under it, and one line that helps or says what is wrong. */
export function Field({
  label,
  htmlFor,
  hint,
  error,
  children,
}: {
  label: string;
  htmlFor: string;
  hint?: ReactNode;
  error?: string | null;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-1.5">
      <label htmlFor={htmlFor} className="text-t2">
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${htmlFor}-note`} role="alert" className="text-crit">
          {error}
        </p>
      ) : hint ? (
        <p id={`${htmlFor}-note`} className="text-t3">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
