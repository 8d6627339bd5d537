import { CircleLegend } from "./map-legend.tsx";

/** How to read the circles of the map page. */
export function MapKey({ reference, largest }: { reference: number; largest: number }) {
  return (
    <div className="pointer-events-none flex flex-wrap items-end gap-x-6 gap-y-1 text-11 text-t2 max-tab:hidden tab:absolute tab:bottom-3 tab:left-[340px] tab:z-[540] wide:left-[32%]">
      <CircleLegend reference={reference} largest={largest} unit=" attacks, area to scale" />
      <span className="mb-0.5 flex items-center gap-2">
        <svg aria-hidden width="12" height="12">
          <circle cx="6" cy="6" r="5" fill="var(--circle-high)" stroke="var(--acc)" strokeWidth="1.6" />
        </svg>
        1.5× usual or more
      </span>
      <span className="mb-0.5 flex items-center gap-2">
        <svg aria-hidden width="13" height="13">
          <circle cx="6.5" cy="6.5" r="5.6" fill="none" stroke="var(--t1)" strokeWidth="1.1" />
        </svg>
        attack just now
      </span>
    </div>
  );
}
