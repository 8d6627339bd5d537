"use client";

import dynamic from "next/dynamic";
import { useMemo } from "react";
import { SAMPLE_PLACES, sampleAttacks } from "./sample-places.ts";

const PreviewMap = dynamic(() => import("./preview-map.tsx").then((module) => module.PreviewMap), {
  ssr: false,
});
const ANSWERS = [
  ["Did anyone get in?", "No"],
  ["More attacks than usual?", "As usual"],
  ["Hosts protected", "All 24"],
];

/** What there will be to see, with made-up numbers that say so. */
export function Preview() {
  const places = useMemo(
    () =>
      SAMPLE_PLACES.map(([city, latitude, longitude, attacks], index) => ({
        placeId: index,
        city,
        latitude,
        longitude,
        attacks,
        high: false,
      })),
    [],
  );
  return (
    <section
      aria-label="Preview with sample data"
      className="min-w-0 self-start rounded-pop border border-line2 px-5 py-4 max-tab:hidden"
    >
      <div className="flex flex-wrap items-center gap-2.5">
        <h2 className="font-head">What you will see</h2>
        <span className="rounded-mark bg-s2 px-2 py-0.5 text-12 text-t2">sample data</span>
        <span className="ml-auto text-t2">
          Look around: <code className="mono text-t1">npm run demo</code>
        </span>
      </div>
      <dl className="mt-3.5 grid grid-cols-3 border-y border-line py-3">
        {ANSWERS.map(([question, answer]) => (
          <div key={question} className="border-line pl-5 not-last:border-r first:pl-0">
            <dt className="text-t2">{question}</dt>
            <dd className="text-18 font-strong">{answer}</dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-3 font-head">
        Attacks{" "}
        <span className="ml-1.5 text-12 font-normal text-t2">last 24 h, grey band is the usual range</span>
      </h3>
      <SampleTimeline />
      <h3 className="mt-3 font-head">
        Where from <span className="ml-1.5 text-12 font-normal text-t2">circle area = attacks</span>
      </h3>
      <div className="isolate mt-1 h-[290px]">
        <PreviewMap places={places} />
      </div>
    </section>
  );
}

function SampleTimeline() {
  const attacks = sampleAttacks();
  const y = (count: number) => (60 - count * 0.28).toFixed(1);
  const line = attacks
    .map((count, index) => `${index === 0 ? "M" : "L"}${index} ${y(count)}H${index + 1}`)
    .join("");
  const wave = (offset: number) =>
    attacks.map(
      (_, index) => `${index},${y(150 + 30 * Math.sin(((index - 10) / 144) * 2 * Math.PI) + offset)}`,
    );
  return (
    <div aria-hidden className="mt-1">
      <svg viewBox="0 0 144 62" preserveAspectRatio="none" className="h-[62px] w-full">
        <polygon points={`${wave(24).join(" ")} ${wave(-24).toReversed().join(" ")}`} fill="var(--band)" />
        <path d={line} fill="none" stroke="var(--acc)" strokeWidth="1.3" vectorEffect="non-scaling-stroke" />
        <path d="M0 61.5H144" stroke="var(--line2)" vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="flex justify-between text-11 text-t3">
        <span>12</span>
        <span>18</span>
        <span>00</span>
        <span>06</span>
        <span className="font-head text-t1">10:24</span>
      </div>
    </div>
  );
}
