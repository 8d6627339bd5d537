"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { RankedList, RankedRow } from "../../lib/query/ranked-list.ts";
import type { Excess } from "../../lib/query/usual.ts";
import { Bar } from "../charts/bar.tsx";
import { counted, factor, share, whole } from "../charts/format.ts";
import { cx } from "../ui/cx.ts";

export function SectionHead({
  title,
  note,
  right,
  id,
}: {
  title: string;
  note?: ReactNode;
  right?: ReactNode;
  id?: string;
}) {
  return (
    <div className="flex h-10 items-center gap-2 tab:h-5">
      <h2 id={id} className="font-head whitespace-nowrap text-t1">
        {title}
      </h2>
      {note ? <span className="min-w-0 truncate text-12 text-t2">{note}</span> : null}
      {right ? <span className="ml-auto whitespace-nowrap text-12 text-t3">{right}</span> : null}
    </div>
  );
}

/** `1.8×`, or “new” for what was never there at this hour; nothing when it is not above usual. */
function ExcessMark({ excess }: { excess: Excess | null }) {
  if (excess === null) return null;
  return (
    <span className="text-12 font-strong whitespace-nowrap text-acc">
      {excess.kind === "new" ? "new" : factor(excess.factor)}
      <span className="sr-only">{excess.kind === "new" ? ", not usual at this hour" : " usual"}</span>
    </span>
  );
}

/** A list of the largest, each with a bar and its share. Selecting a row filters the page where that is possible. */
export function RankedSection({
  title,
  list,
  renderName,
  selected,
  onSelect,
  href,
  emptyText,
  className,
}: {
  title: string;
  /** Null: these sums can't be narrowed down to the chosen country. */
  list: RankedList | null;
  renderName: (row: RankedRow) => ReactNode;
  selected?: string | null;
  onSelect?: (key: string) => void;
  /** Where a row leads that can't filter this page; null: nowhere. */
  href?: (key: string) => string | null;
  emptyText: string;
  className?: string;
}) {
  const most = Math.max(0, ...(list?.rows ?? []).map((row) => row.attacks));
  return (
    <section aria-label={title} className={className}>
      <SectionHead title={title} right="share" />
      {list === null ? <p className="text-t3">Not counted by country.</p> : null}
      {list?.rows.length === 0 ? <p className="text-t3">{emptyText}</p> : null}
      <ul>
        {list?.rows.map((row) => (
          <li key={row.key}>
            <RowFrame
              selected={selected === row.key}
              onSelect={onSelect ? () => onSelect(row.key) : undefined}
              href={href?.(row.key) ?? null}
            >
              <span className="flex min-w-0 flex-1 items-baseline gap-1.5 pr-2">
                <span className="min-w-0 truncate">{renderName(row)}</span>
                <ExcessMark excess={row.excess} />
              </span>
              <span className="w-[27%] shrink-0">
                <Bar value={row.attacks} most={most} high={row.excess !== null} />
              </span>
              <span className="w-[56px] shrink-0 text-right" title={`${whole(row.attacks)} attacks`}>
                {share(row.attacks, list.attacks)}
              </span>
            </RowFrame>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RowFrame({
  selected,
  onSelect,
  href = null,
  children,
}: {
  selected: boolean;
  onSelect: (() => void) | undefined;
  href?: string | null;
  children: ReactNode;
}) {
  const className = cx(
    "-mx-2 flex w-[calc(100%+16px)] items-center rounded-mark px-2 text-left h-[45px] tab:h-[23px]",
    (onSelect ?? href) && "ease-colour hover:bg-s2",
    selected && "bg-s3",
  );
  if (href !== null) {
    return (
      <Link href={href} className={className}>
        {children}
      </Link>
    );
  }
  if (!onSelect) return <div className={className}>{children}</div>;
  return (
    <button type="button" aria-pressed={selected} onClick={onSelect} className={className}>
      {children}
    </button>
  );
}

/** Countries with their attacks and share, and what the rest adds up to. */
export function CountrySection({
  list,
  names,
  selected,
  onSelect,
}: {
  list: RankedList | null;
  names: Record<string, string>;
  selected: string | null;
  onSelect: (code: string) => void;
}) {
  const rows = list?.rows ?? [];
  const total = list?.attacks ?? 0;
  const most = Math.max(0, ...rows.map((row) => row.attacks));
  const shown = rows.reduce((sum, row) => sum + row.attacks, 0);
  const more = (list?.count ?? 0) - rows.length;
  return (
    <section aria-label="Countries">
      <SectionHead title="Countries" right="attacks, share" />
      {rows.length === 0 ? <p className="text-t3">No attacks in this range.</p> : null}
      <ul className="flex flex-col">
        {rows.map((row) => (
          // On a phone what is above usual comes first.
          <li
            key={row.key}
            className={cx(
              "max-tab:border-b max-tab:border-line",
              row.excess !== null && "max-tab:order-first",
            )}
          >
            <RowFrame selected={selected === row.key} onSelect={() => onSelect(row.key)}>
              <span className="mono w-[26px] shrink-0 text-11 text-t3">{row.key}</span>
              <span className="flex min-w-0 flex-1 items-baseline gap-1.5 pr-2">
                <span className="truncate">{names[row.key] ?? row.key}</span>
                <ExcessMark excess={row.excess} />
              </span>
              <span className="w-[30%] shrink-0 tab:w-[22%]">
                <Bar value={row.attacks} most={most} high={row.excess !== null} />
              </span>
              <span className="w-[60px] shrink-0 text-right tab:w-[50px]">{whole(row.attacks)}</span>
              <span className="w-[50px] shrink-0 text-right text-t2 max-tab:hidden">
                {share(row.attacks, total)}
              </span>
            </RowFrame>
          </li>
        ))}
        {more > 0 ? (
          <li className="flex h-[45px] items-center text-t3 tab:h-[23px]">
            <span className="flex-1">{counted(more, "more country", "more countries")}</span>
            <span className="text-right">{whole(total - shown)}</span>
            <span className="w-[50px] text-right max-tab:hidden">{share(total - shown, total)}</span>
          </li>
        ) : null}
      </ul>
    </section>
  );
}
