import type { ReactNode } from "react";
import { cx } from "./cx.ts";

/**
 * The shapes that carry a meaning before any colour does. Each is drawn in a 12 px box and is decoration: the word
 * beside it names it.
 */
export type GlyphName =
  | "needs-you"
  | "degraded"
  | "healthy-host"
  | "silent-host"
  | "attempt"
  | "dropped"
  | "ban"
  | "unban"
  | "login"
  | "other";

const SHAPE: Record<GlyphName, { className: string; shape: ReactNode }> = {
  "needs-you": {
    className: "text-crit",
    shape: (
      <>
        <path d="M6 0 12 6 6 12 0 6Z" fill="currentColor" />
        <path d="M6 3.2v3.2" stroke="var(--bg)" strokeWidth="1.4" strokeLinecap="round" />
        <circle cx="6" cy="8.4" r="0.8" fill="var(--bg)" />
      </>
    ),
  },
  degraded: {
    className: "text-warn",
    shape: (
      <>
        <path
          d="M6 1.2 11.4 10.8H.6Z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.2"
          strokeLinejoin="round"
        />
        <path d="M6 4.6v2.8" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" />
        <circle cx="6" cy="9" r="0.7" fill="currentColor" />
      </>
    ),
  },
  "healthy-host": {
    className: "text-ctl",
    shape: <rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor" />,
  },
  "silent-host": {
    className: "text-warn",
    shape: (
      <rect
        x="2.25"
        y="2.25"
        width="7.5"
        height="7.5"
        rx="1.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
    ),
  },
  attempt: {
    className: "text-acc",
    shape: <circle cx="6" cy="6" r="2.9" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  },
  dropped: { className: "text-acc", shape: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.6" /> },
  ban: { className: "text-t2", shape: <rect x="2.5" y="2.5" width="7" height="7" fill="currentColor" /> },
  unban: {
    className: "text-t3",
    shape: <rect x="3" y="3" width="6" height="6" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  },
  login: { className: "text-crit", shape: <path d="M6 1 11 6 6 11 1 6Z" fill="currentColor" /> },
  other: { className: "text-t3", shape: <circle cx="6" cy="6" r="1.5" fill="currentColor" /> },
};

export function Glyph({
  name,
  size = 12,
  className,
}: {
  name: GlyphName;
  size?: number;
  className?: string;
}) {
  const { className: colour, shape } = SHAPE[name];
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 12 12"
      className={cx("shrink-0", colour, className)}
    >
      {shape}
    </svg>
  );
}
