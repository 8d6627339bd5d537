"use client";

import { X } from "lucide-react";
import type { Overview } from "../../lib/query/overview.ts";
import type { RangeName } from "../../lib/query/attack-filter.ts";
import { clockMinute, counted, longDate } from "../charts/format.ts";
import { SelectMenu } from "../ui/menu.tsx";
import { Segmented } from "../ui/segmented.tsx";
import type { useUrlState } from "../live/use-url-state.ts";

const RANGES: readonly { value: RangeName; label: string }[] = [
  { value: "1h", label: "1 h" },
  { value: "6h", label: "6 h" },
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 d" },
  { value: "30d", label: "30 d" },
];
const HOUR_MS = 3_600_000;

export function rangeLabel(range: RangeName): string {
  return RANGES.find((each) => each.value === range)?.label ?? range;
}

/** Host, jail and range; on a phone they stand in the bar at the top. */
export function FilterRow({ overview, url }: { overview: Overview; url: ReturnType<typeof useUrlState> }) {
  const { parameters, change } = url;
  const range = RANGES.find((each) => each.value === parameters.get("range"))?.value ?? "24h";
  const hostCount = overview.hosts.length;
  const hosts = [
    { value: "", label: hostCount === 1 ? "All hosts" : `All ${counted(hostCount, "host")}` },
    ...overview.hosts.map((host) => ({ value: host.id, label: host.name })),
  ];
  const jails = [
    { value: "", label: "All jails" },
    ...overview.jails.map((jail) => ({ value: jail, label: jail })),
  ];
  const setRange = (next: RangeName) => change({ range: next === "24h" ? null : next, hour: null });
  return (
    <div className="page-x flex items-center gap-2 border-b border-line max-tab:fixed max-tab:top-0 max-tab:left-7 max-tab:z-40 max-tab:h-[52px] max-tab:border-0 tab:h-[45px]">
      <SelectMenu
        label="Hosts"
        value={parameters.get("host") ?? ""}
        options={hosts}
        onChange={(host) => change({ host: host === "" ? null : host })}
        className="touchable max-tab:h-[34px] max-tab:max-w-[38vw] max-tab:gap-1 max-tab:px-2 max-tab:text-13"
      />
      <SelectMenu
        label="Jails"
        value={parameters.get("jail") ?? ""}
        options={jails}
        onChange={(jail) => change({ jail: jail === "" ? null : jail })}
        className="max-tab:hidden"
      />
      <Segmented
        label="Range"
        value={range}
        options={RANGES}
        onChange={setRange}
        className="max-tab:hidden"
      />
      <SelectMenu
        label="Range"
        value={range}
        options={RANGES}
        onChange={setRange}
        className="touchable max-tab:h-[34px] max-tab:gap-1 max-tab:px-2 max-tab:text-13 tab:hidden"
      />
      <div className="ml-auto truncate text-t2 max-tab:hidden">{longDate(overview.asOfMs)}, times in UTC</div>
    </div>
  );
}

/** Filters that no control shows: each with a way to take it off. Esc removes the last. */
export function FilterChips({ overview, url }: { overview: Overview; url: ReturnType<typeof useUrlState> }) {
  const chips = activeChips(overview, url.parameters);
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters" className="page-x flex flex-wrap gap-2 border-b border-line py-2">
      {chips.map((chip) => (
        <li key={chip.name}>
          <button
            type="button"
            onClick={() => url.change({ [chip.name]: null })}
            aria-label={`Remove the filter ${chip.text}`}
            className="touchable ease-colour inline-flex h-[34px] items-center gap-1.5 rounded-control bg-s3 px-2.5 font-control text-t1 hover:bg-s2 tab:h-[26px]"
          >
            {chip.text}
            <X aria-hidden className="size-3.5 text-t2" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function activeChips(
  overview: Overview,
  parameters: URLSearchParams,
): { name: string; text: string }[] {
  const host = parameters.get("host");
  const jail = parameters.get("jail");
  const country = parameters.get("country");
  // From the URL, which is ahead of the answer.
  const hourMs = Date.parse(`${parameters.get("hour") ?? ""}:00:00Z`);
  return [
    host
      ? { name: "host", text: overview.hosts.find((each) => each.id === host)?.name ?? "Another host" }
      : null,
    jail ? { name: "jail", text: jail } : null,
    country ? { name: "country", text: overview.countryNames[country] ?? country } : null,
    parameters.has("hour") && !Number.isNaN(hourMs)
      ? { name: "hour", text: `${clockMinute(hourMs)} to ${clockMinute(hourMs + HOUR_MS)}` }
      : null,
  ].filter((chip) => chip !== null);
}
