"use client";

import { useRef } from "react";
import type { MapHours } from "../../lib/query/map-hours.ts";
import { clockMinute, counted, factor, longDay, shortDay } from "../charts/format.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HEIGHT = 68;

/** `Friday 20 November 02:00 to 03:00, 1,144 attacks, 1.4 times usual` */
function hourText(hours: MapHours, index: number): string {
  const startMs = hours.firstHourMs + index * HOUR_MS;
  const frame = hours.frames[index];
  const attacks = frame?.attacks ?? 0;
  const usual = frame?.usual;
  const times =
    usual && usual.median >= 1 ? `, ${factor(attacks / usual.median).replace("×", " times")} usual` : "";
  const end = index === hours.frames.length - 1 ? "now" : clockMinute(startMs + HOUR_MS);
  return `${longDay(startMs)} ${clockMinute(startMs)} to ${end}, ${counted(attacks, "attack")}${times}`;
}

/** The hours as bars over the usual range; the handle stands on the one that the map shows. */
export function HourScrubber({
  hours,
  index,
  onScrub,
}: {
  hours: MapHours;
  index: number;
  onScrub: (index: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const count = hours.frames.length;
  const most = Math.max(1, ...hours.frames.map((frame) => Math.max(frame.attacks, frame.usual?.high ?? 0)));
  const step = 100 / count;
  const y = (attacks: number) => HEIGHT - (attacks / most) * HEIGHT;
  const indexAt = (clientX: number) => {
    const rect = box.current?.getBoundingClientRect();
    if (!rect) return index;
    return Math.min(count - 1, Math.max(0, Math.floor(((clientX - rect.left) / rect.width) * count)));
  };
  const bandTop = hours.frames.map((frame, at) => `${at * step},${y(frame.usual?.high ?? 0)}`);
  const days: { at: number; text: string }[] = [];
  for (let at = 0; at < count; at++) {
    const startMs = hours.firstHourMs + at * HOUR_MS;
    if (startMs % DAY_MS === 0) days.push({ at, text: shortDay(startMs) });
  }
  return (
    <div className="px-px">
      <div
        ref={box}
        /* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the bars are its track; an input has none */
        role="slider"
        tabIndex={0}
        aria-label="Hour that the map shows"
        aria-valuemin={0}
        aria-valuemax={count - 1}
        aria-valuenow={index}
        aria-valuetext={hourText(hours, index)}
        className="relative touch-none rounded-mark"
        onKeyDown={(event) => {
          // The arrows and the space bar belong to the whole page; these only to the slider.
          if (event.key !== "Home" && event.key !== "End") return;
          event.preventDefault();
          onScrub(event.key === "Home" ? 0 : count - 1);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onScrub(indexAt(event.clientX));
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) onScrub(indexAt(event.clientX));
        }}
      >
        <svg
          aria-hidden
          width="100%"
          height={HEIGHT}
          viewBox={`0 0 100 ${HEIGHT}`}
          preserveAspectRatio="none"
          className="block"
        >
          {hours.usual.kind === "known" ? (
            <polygon
              points={`0,${HEIGHT} ${bandTop.join(" ")} 100,${bandTop.at(-1)?.split(",")[1] ?? HEIGHT} 100,${HEIGHT}`}
              fill="var(--band)"
            />
          ) : null}
          {days.map((day) => (
            <path
              key={day.at}
              d={`M${day.at * step} 0V${HEIGHT}`}
              stroke="var(--line2)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {hours.frames.map((frame, at) => {
            const high = hours.usual.kind === "known" ? (frame.usual?.high ?? Infinity) : Infinity;
            const running = at === count - 1;
            const width = step * 0.84;
            const x = at * step;
            if (running) {
              return (
                <rect
                  key={at}
                  x={x}
                  y={y(frame.attacks)}
                  width={width}
                  height={HEIGHT - y(frame.attacks)}
                  fill="none"
                  stroke="var(--acc-mid)"
                  strokeDasharray="2 2"
                  vectorEffect="non-scaling-stroke"
                />
              );
            }
            const tinted = Math.min(frame.attacks, high);
            return (
              <g key={at}>
                <rect x={x} y={y(tinted)} width={width} height={HEIGHT - y(tinted)} fill="var(--acc-mid)" />
                {frame.attacks > high ? (
                  <rect
                    x={x}
                    y={y(frame.attacks)}
                    width={width}
                    height={y(high) - y(frame.attacks)}
                    fill="var(--acc)"
                  />
                ) : null}
              </g>
            );
          })}
        </svg>
        <span
          aria-hidden
          className="pointer-events-none absolute -top-2.5 bottom-[-4px] min-w-[9px] -translate-x-1/2 rounded-mark border-[1.5px] border-t1"
          style={{ left: `${(index + 0.42) * step}%`, width: `${step * 1.5}%` }}
        >
          <span className="absolute -top-1 left-1/2 flex h-2.5 w-4 -translate-x-1/2 items-center justify-center gap-[2px] rounded-mark bg-t1">
            <span className="h-1.5 w-px bg-bg" />
            <span className="h-1.5 w-px bg-bg" />
          </span>
        </span>
      </div>
      <div aria-hidden className="relative mt-1.5 h-4 text-11 text-t3">
        {days.map((day) => (
          <span
            key={day.at}
            className={`absolute pl-1 whitespace-nowrap ${day.at * step > 96 ? "hidden" : ""}`}
            style={{ left: `${day.at * step}%` }}
          >
            <span className="max-tab:hidden">{day.text}</span>
            <span className="tab:hidden">{day.text.slice(0, 3)}</span>
          </span>
        ))}
      </div>
    </div>
  );
}
