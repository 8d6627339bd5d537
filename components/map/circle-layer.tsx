"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type L from "leaflet";
import { useMap } from "react-leaflet";
import { whole } from "../charts/format.ts";
import { circleRadius, tween } from "./circle-scale.ts";
import { placeLabels, type Rect } from "./label-placement.ts";
import { useProjection } from "./use-projection.ts";

export type CirclePlace = {
  placeId: number;
  city: string;
  latitude: number;
  longitude: number;
  attacks: number;
  /** 1.5× usual or more. */
  high: boolean;
};

export type Pulse = { key: string; latitude: number; longitude: number; attacks: number };

const PANE = "marks";
const PANE_LAYER = "450";
const TWEEN_MS = 300;
const FOCUSABLE = 20;
const PULSE_GROWTH = 14;
const NOWHERE: readonly Rect[] = [];
const NO_ALERTS: readonly { latitude: number; longitude: number }[] = [];
const NO_PULSES: readonly Pulse[] = [];

/**
 * Circles of the cities, largest first so that small ones lie on top, with labels that don't touch. Between two
 * states the area changes evenly within 300 ms.
 */
export function CircleLayer({
  places,
  reference,
  largest,
  labels,
  labelCounts = true,
  selected = null,
  onSelect,
  pulses = NO_PULSES,
  keepFree = NOWHERE,
  alerts = NO_ALERTS,
}: {
  places: readonly CirclePlace[];
  reference: number;
  largest: number;
  /** How many labels at most. */
  labels: number;
  labelCounts?: boolean;
  selected?: number | null;
  onSelect?: (placeId: number) => void;
  pulses?: readonly Pulse[];
  /** Parts of the map, in its own px, where no label goes. */
  keepFree?: readonly Rect[];
  /** Where somebody got in. */
  alerts?: readonly { latitude: number; longitude: number }[];
}) {
  const map = useMap();
  const [pane] = useState(() => marksPane(map));
  const projection = useProjection();

  const marks = useMemo(
    () =>
      places
        .map((place) => {
          const { x, y } = projection.point(place.latitude, place.longitude);
          return { ...place, x, y, r: circleRadius(place.attacks, reference, largest) };
        })
        .toSorted((a, b) => b.r - a.r),
    [places, reference, largest, projection],
  );
  const placed = useMemo(() => {
    const { left, top, right, bottom } = projection.bounds;
    const origin = { x: left, y: top };
    const bounds = { left: left + 4, top: top + 2, right: right - 4, bottom: bottom - 2 };
    const free = keepFree.map((rect) => ({
      x: origin.x + (rect.left + rect.right) / 2,
      y: origin.y + (rect.top + rect.bottom) / 2,
      rect,
    }));
    const wishes = marks
      .filter((mark) => mark.city !== "")
      .toSorted((a, b) => Number(b.placeId === selected) - Number(a.placeId === selected))
      .slice(0, labels * 3)
      .map((mark) => ({
        id: String(mark.placeId),
        x: mark.x,
        y: mark.y,
        r: mark.r,
        width: textWidth(labelCounts ? `${mark.city} ${whole(mark.attacks)}` : mark.city),
      }))
      .filter((wish) => !free.some(({ rect }) => isWithin(wish.x - origin.x, wish.y - origin.y, rect)));
    return placeLabels(wishes, marks, bounds, labels);
  }, [marks, labels, labelCounts, selected, keepFree, projection]);
  const byId = new Map(marks.map((mark) => [String(mark.placeId), mark]));
  const group = useRef<SVGGElement>(null);
  useAreaTween(group, marks, reference, largest);

  return createPortal(
    <svg className="map-marks" aria-hidden={onSelect ? undefined : true}>
      <g ref={group}>
        {marks.map((mark, index) => (
          <g key={mark.placeId} data-place={mark.placeId} transform={`translate(${mark.x} ${mark.y})`}>
            <circle className="halo" r={mark.r + 1.2} />
            <circle
              className={`circle${mark.high ? " high" : ""}${mark.placeId === selected ? " selected" : ""}`}
              r={mark.r}
            />
            {onSelect ? (
              <>
                <circle
                  className="hit"
                  r={Math.max(mark.r, 8)}
                  tabIndex={index < FOCUSABLE ? 0 : undefined}
                  /* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- SVG has no button */
                  role="button"
                  aria-label={`${mark.city || "A place"}, ${whole(mark.attacks)} attacks${mark.high ? ", above usual" : ""}`}
                  onClick={() => onSelect(mark.placeId)}
                  onKeyDown={(event) => {
                    if (event.key !== "Enter") return;
                    event.preventDefault();
                    onSelect(mark.placeId);
                  }}
                >
                  <title>{`${mark.city} ${whole(mark.attacks)}`}</title>
                </circle>
                <circle className="focus-ring" r={Math.max(mark.r, 8) + 3} />
              </>
            ) : null}
          </g>
        ))}
      </g>
      {pulses.map((pulse) => {
        const point = projection.point(pulse.latitude, pulse.longitude);
        const r = Math.max(4, circleRadius(pulse.attacks, reference, largest));
        return (
          <circle
            key={pulse.key}
            className="pulse"
            cx={point.x}
            cy={point.y}
            r={r}
            style={{ "--pulse-to": `${r + PULSE_GROWTH}px` } as React.CSSProperties}
          />
        );
      })}
      {alerts.map((alert, index) => {
        const { x, y } = projection.point(alert.latitude, alert.longitude);
        return (
          <path
            key={index}
            d={`M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z`}
            fill="var(--crit)"
            stroke="var(--bg)"
            strokeWidth="1.5"
          />
        );
      })}
      <g aria-hidden>
        {placed.map((label) => {
          const mark = byId.get(label.id);
          if (mark === undefined) return null;
          return (
            <text key={label.id} x={label.left} y={label.baseline}>
              {mark.city}
              {labelCounts ? <tspan className="count"> {whole(mark.attacks)}</tspan> : null}
            </text>
          );
        })}
      </g>
    </svg>,
    pane,
  );
}

/** A layer of its own over land and borders. */
function marksPane(map: L.Map): HTMLElement {
  const pane = map.getPane(PANE) ?? map.createPane(PANE);
  pane.style.zIndex = PANE_LAYER;
  return pane;
}

/** Draws the circles from the counts that were shown to those that are to be shown. */
function useAreaTween(
  group: React.RefObject<SVGGElement | null>,
  marks: readonly { placeId: number; attacks: number }[],
  reference: number,
  largest: number,
): void {
  const shown = useRef(new Map<string, number>());
  useEffect(() => {
    const target = new Map(marks.map((mark) => [String(mark.placeId), mark.attacks]));
    const from = shown.current;
    const changed = from.size > 0 && [...target].some(([id, count]) => (from.get(id) ?? 0) !== count);
    if (!changed || window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      shown.current = target;
      return;
    }
    let frame = 0;
    const startMs = performance.now();
    const draw = (nowMs: number) => {
      const portion = Math.min(1, Math.max(0, (nowMs - startMs) / TWEEN_MS));
      for (const element of group.current?.children ?? []) {
        const id = element.getAttribute("data-place") ?? "";
        const count = tween(from.get(id) ?? 0, target.get(id) ?? 0, portion);
        const r = circleRadius(count, reference, largest);
        element.children[0]?.setAttribute("r", String(r + 1.2));
        element.children[1]?.setAttribute("r", String(r));
        shown.current.set(id, count);
      }
      if (portion < 1) frame = requestAnimationFrame(draw);
      else shown.current = target;
    };
    draw(startMs);
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [group, marks, reference, largest]);
}

function isWithin(x: number, y: number, rect: Rect): boolean {
  return x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;
}

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** In px at 12 px; measured once for each text. */
function textWidth(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  context ??= document.createElement("canvas").getContext("2d");
  if (context) context.font = `500 12px ${getComputedStyle(document.body).fontFamily}`;
  const width = context?.measureText(text).width ?? text.length * 7;
  widths.set(text, width);
  return width;
}
