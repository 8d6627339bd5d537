"use client";

import { useMemo, useState } from "react";
import dynamic from "next/dynamic";
import type { AttackTimeline } from "../../lib/query/attack-timeline.ts";
import type { LoginAnswer } from "../../lib/query/logins-after-failures.ts";
import type { UsualState } from "../../lib/query/usual.ts";
import { clockMinute, counted, factor, longDay, whole } from "../charts/format.ts";
import { niceCeiling, timeTicks } from "../charts/time-ticks.ts";
import { Glyph } from "../ui/glyph.tsx";
import { SectionHead } from "./ranked-section.tsx";

const PLOT_PX = 96;
const HOUR_MS = 3_600_000;
const Chart = dynamic(
  () => import("../charts/attack-timeline-chart.tsx").then((module) => module.AttackTimelineChart),
  { ssr: false },
);

/** When: attacks in steps over what is usual. An hour of it can be selected, with the mouse or the arrow keys. */
export function TimelineSection({
  timeline,
  usual,
  logins,
  rangeText,
  selectedHourMs,
  onSelectHour,
}: {
  timeline: AttackTimeline;
  usual: UsualState;
  logins: LoginAnswer;
  rangeText: string;
  selectedHourMs: number | null;
  onSelectHour: (hourMs: number | null) => void;
}) {
  const { firstMs, endMs, stepMs } = timeline;
  const lengthMs = endMs - firstMs;
  const left = (atMs: number) => `${(((atMs - firstMs) / lengthMs) * 100).toFixed(3)}%`;
  const largest = Math.max(1, ...timeline.attacks, ...(timeline.usual ?? []).map((band) => band?.high ?? 0));
  const line = niceCeiling(largest);
  const topOf = (count: number) => 14 + (1 - count / Math.max(largest, line)) * (PLOT_PX - 14);
  const lineTop = topOf(line);
  // Without room under the ribbon there is no label.
  const labelTop = timeline.usual === null ? null : roomUnder(topOf(lowestAtStart(timeline)));
  const stepText = stepMs >= HOUR_MS ? (stepMs === HOUR_MS ? "hour" : `${stepMs / HOUR_MS} h`) : "10 min";
  const ticks = useMemo(() => timeTicks(firstMs, endMs), [firstMs, endMs]);
  const login = logins.kind === "watched" ? logins.suspicious[0] : undefined;
  const note = `per ${stepText}, last ${rangeText}. ${
    usual.kind === "learning"
      ? `Learning what is usual, ${counted(usual.daysLeft, "day")} left.`
      : "Select an hour to filter the page"
  }`;
  return (
    <section aria-label="Attacks over time">
      <SectionHead title="Attacks" note={note} />
      <div className="relative select-none" style={{ height: PLOT_PX + 22 }}>
        <div className="absolute inset-x-0 top-0 border-b border-line2" style={{ height: PLOT_PX }}>
          <Chart timeline={timeline} height={PLOT_PX} />
        </div>
        <span className="pointer-events-none absolute left-0 text-11 text-t2" style={{ top: lineTop - 17 }}>
          {whole(line)} per {stepText}
        </span>
        {labelTop === null ? null : (
          <span className="pointer-events-none absolute left-0.5 text-11 text-t3" style={{ top: labelTop }}>
            usual range for the hour, last {usual.kind === "known" ? counted(usual.weeks, "week") : "weeks"}
          </span>
        )}
        {ticks.map((tick) => (
          <span
            key={tick.atMs}
            className="pointer-events-none absolute bottom-0 -translate-x-1/2 text-11 whitespace-nowrap text-t3"
            style={{ left: left(tick.atMs) }}
          >
            {tick.text}
          </span>
        ))}
        <span className="pointer-events-none absolute right-0 bottom-0 bg-bg pl-1 text-11 font-head">
          {clockMinute(endMs)}
        </span>
        {login && login.timeMs > firstMs ? (
          <span
            className="pointer-events-none absolute top-0 border-l border-dotted border-crit"
            style={{ left: left(login.timeMs), height: PLOT_PX }}
          >
            <span className="absolute top-[-10px] right-[-6px] flex items-center gap-2 text-11 font-strong whitespace-nowrap text-crit">
              {clockMinute(login.timeMs)} login after failures
              <Glyph name="login" />
            </span>
          </span>
        ) : null}
        <HourSlider
          timeline={timeline}
          selectedHourMs={selectedHourMs}
          onSelectHour={onSelectHour}
          left={left}
        />
      </div>
    </section>
  );
}

const LABEL_PX = 18;

function roomUnder(topPx: number): number | null {
  return topPx + LABEL_PX <= PLOT_PX ? Math.min(PLOT_PX - LABEL_PX, topPx + 3) : null;
}

/** What is lowest where the label of the ribbon stands, so that it stands under it. */
function lowestAtStart(timeline: AttackTimeline): number {
  const steps = Math.ceil(timeline.attacks.length * 0.2);
  const lows = (timeline.usual ?? []).slice(0, steps).map((band) => band?.low ?? Infinity);
  const lowest = Math.min(...lows, ...timeline.attacks.slice(0, steps));
  return Number.isFinite(lowest) ? lowest : 0;
}

/** The hours of the timeline as a slider: it speaks, follows the pointer, and selects. */
function HourSlider({
  timeline,
  selectedHourMs,
  onSelectHour,
  left,
}: {
  timeline: AttackTimeline;
  selectedHourMs: number | null;
  onSelectHour: (hourMs: number | null) => void;
  left: (atMs: number) => string;
}) {
  const { firstMs, endMs } = timeline;
  const firstHourMs = firstMs - (firstMs % HOUR_MS);
  const lastHourMs = endMs - (endMs % HOUR_MS);
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const [focusMs, setFocusMs] = useState<number | null>(null);
  const shownMs = hoverMs ?? focusMs ?? selectedHourMs;
  const hourAt = (event: React.PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const atMs = firstMs + ((event.clientX - box.left) / box.width) * (endMs - firstMs);
    return Math.min(lastHourMs, Math.max(firstHourMs, atMs - (atMs % HOUR_MS)));
  };
  const valueMs = focusMs ?? selectedHourMs ?? lastHourMs;
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -6, PageUp: 6 }[event.key];
    if (step !== undefined) {
      setFocusMs(Math.min(lastHourMs, Math.max(firstHourMs, valueMs + step * HOUR_MS)));
    } else if (event.key === "Home") setFocusMs(firstHourMs);
    else if (event.key === "End") setFocusMs(lastHourMs);
    else if (event.key === "Enter" || event.key === " ") {
      onSelectHour(valueMs === selectedHourMs ? null : valueMs);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const clip = (atMs: number) => Math.min(endMs, Math.max(firstMs, atMs));
  return (
    <div
      /* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the bars are its track; an input has none */
      role="slider"
      tabIndex={0}
      aria-label="Hour"
      aria-valuemin={0}
      aria-valuemax={(lastHourMs - firstHourMs) / HOUR_MS}
      aria-valuenow={(valueMs - firstHourMs) / HOUR_MS}
      aria-valuetext={hourText(timeline, valueMs)}
      onKeyDown={onKeyDown}
      onBlur={() => setFocusMs(null)}
      onPointerMove={(event) => setHoverMs(hourAt(event))}
      onPointerLeave={() => setHoverMs(null)}
      onClick={(event) => {
        const hourMs = hourAt(event);
        onSelectHour(hourMs === selectedHourMs ? null : hourMs);
      }}
      className="absolute inset-x-0 top-0 cursor-pointer rounded-mark"
      style={{ height: PLOT_PX }}
    >
      {selectedHourMs !== null && selectedHourMs + HOUR_MS > firstMs ? (
        <HourMark
          leftText={left(clip(selectedHourMs))}
          rightText={left(clip(selectedHourMs + HOUR_MS))}
          strong
        />
      ) : null}
      {shownMs !== null && shownMs !== selectedHourMs ? (
        <HourMark leftText={left(clip(shownMs))} rightText={left(clip(shownMs + HOUR_MS))} />
      ) : null}
      {shownMs === null ? null : (
        <span
          className="appear pointer-events-none absolute -top-5 z-10 rounded-control border border-line2 bg-pop px-2 py-0.5 text-12 whitespace-nowrap"
          style={
            shownMs > (firstMs + endMs) / 2
              ? { right: `calc(100% - ${left(clip(shownMs + HOUR_MS))})` }
              : { left: left(clip(shownMs)) }
          }
        >
          {hourText(timeline, shownMs)}
        </span>
      )}
    </div>
  );
}

function HourMark({
  leftText,
  rightText,
  strong = false,
}: {
  leftText: string;
  rightText: string;
  strong?: boolean;
}) {
  return (
    <span
      aria-hidden
      className={`pointer-events-none absolute inset-y-0 ${strong ? "border-x border-t1 bg-acc/10" : "bg-acc/10"}`}
      style={{ left: leftText, right: `calc(100% - ${rightText})` }}
    />
  );
}

/** `Friday 20 November 02:00 to 03:00, 1,144 attacks, 1.4 times usual` */
function hourText(timeline: AttackTimeline, hourMs: number): string {
  let count = 0;
  let usual = 0;
  timeline.attacks.forEach((attacks, index) => {
    const at = timeline.firstMs + index * timeline.stepMs;
    if (at + timeline.stepMs <= hourMs || at >= hourMs + HOUR_MS) return;
    const portion = Math.min(1, HOUR_MS / timeline.stepMs);
    count += attacks * portion;
    usual += (timeline.usual?.[index]?.median ?? 0) * portion;
  });
  const times = timeline.usual !== null && usual >= 1 ? `, ${factor(count / usual)} usual` : "";
  return `${longDay(hourMs)} ${clockMinute(hourMs)} to ${clockMinute(hourMs + HOUR_MS)}, ${counted(Math.round(count), "attack")}${times}`;
}
