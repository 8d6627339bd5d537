"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import dynamic from "next/dynamic";
import type L from "leaflet";
import { ChevronFirst, ChevronLast, Pause, Play } from "lucide-react";
import type { FilterChoices } from "../../lib/query/filter-choices.ts";
import type { GeoAttribution } from "../../lib/query/geo-attribution.ts";
import type { MapHours } from "../../lib/query/map-hours.ts";
import { counted, span } from "../charts/format.ts";
import { useLiveQuery, type Topic } from "../live/use-live.ts";
import { useMedia } from "../live/use-media.ts";
import { useNow } from "../live/use-now.ts";
import { useUrlState } from "../live/use-url-state.ts";
import { useShortcuts } from "../shell/shortcuts.ts";
import { Kbd } from "../ui/kbd.tsx";
import { SelectMenu } from "../ui/menu.tsx";
import { Switch } from "../ui/switch.tsx";
import { HourReadout } from "./hour-readout.tsx";
import { HourScrubber } from "./hour-scrubber.tsx";
import { hourName, liveIndex, mergeHours, placesOfHour, referenceOf } from "./map-frames.ts";
import { MapKey } from "./map-key.tsx";
import { PlacesTable } from "./places-table.tsx";
import { SPEEDS, type Speed, usePlayback } from "./use-playback.ts";

const MapCanvas = dynamic(() => import("./map-canvas.tsx").then((module) => module.MapCanvas), {
  ssr: false,
});

const HOUR_MS = 3_600_000;
const TAIL_TOPICS: readonly Topic[] = ["events"];
const NO_TOPICS: readonly Topic[] = [];
const RADIUS_WIDE = 42;
const RADIUS_PHONE = 22;

export function MapPage({
  initial,
  choices,
  attribution,
}: {
  initial: MapHours;
  choices: FilterChoices;
  attribution: GeoAttribution | null;
}) {
  const { parameters, change } = useUrlState();
  const filterQuery = new URLSearchParams(
    ["host", "jail"].flatMap((name) => {
      const value = parameters.get(name);
      return value === null ? [] : [[name, value]];
    }),
  ).toString();
  const all = useLiveQuery(
    `/api/query/map${filterQuery === "" ? "" : `?${filterQuery}`}`,
    initial,
    NO_TOPICS,
  );
  const lastMs = all.data.firstHourMs + (all.data.frames.length - 1) * HOUR_MS;
  const tailUrl = `/api/query/map?${filterQuery === "" ? "" : `${filterQuery}&`}hour=${hourName(lastMs - HOUR_MS)}`;
  const tail = useLiveQuery<MapHours | null>(tailUrl, null, TAIL_TOPICS);
  const hours = useMemo(
    () => (tail.data === null || tail.stale || all.stale ? all.data : mergeHours(all.data, tail.data)),
    [all.data, all.stale, tail.data, tail.stale],
  );

  const count = hours.frames.length;
  const asked = parameters.get("hour");
  const askedIndex =
    asked === null ? null : Math.round((Date.parse(`${asked}:00:00Z`) - hours.firstHourMs) / HOUR_MS);
  const following = askedIndex === null || Number.isNaN(askedIndex);
  const index = following ? liveIndex(hours) : Math.min(count - 1, Math.max(0, askedIndex));
  const places = useMemo(() => placesOfHour(hours, index), [hours, index]);
  const reference = useMemo(() => referenceOf(hours), [hours]);
  const isPhone = useMedia("(max-width: 719px)");
  const largest = isPhone ? RADIUS_PHONE : RADIUS_WIDE;

  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>("4");
  const [pulsesOn, setPulsesOn] = useState(true);
  const asTable = parameters.get("as") === "table";
  const map = useRef<L.Map | null>(null);
  const keepMap = useCallback((made: L.Map | null) => {
    map.current = made;
  }, []);
  const showView = useCallback((at: string | null) => change({ at }, "replace"), [change]);
  const current = useRef({ index, count, firstHourMs: hours.firstHourMs });
  useEffect(() => {
    current.current = { index, count, firstHourMs: hours.firstHourMs };
  });
  const scrub = useCallback(
    (to: number) => {
      const { count: frames, firstHourMs } = current.current;
      const next = Math.min(frames - 1, Math.max(0, to));
      current.current.index = next;
      change({ hour: hourName(firstHourMs + next * HOUR_MS) }, "replace");
    },
    [change],
  );
  const step = useCallback(() => {
    if (current.current.index >= current.current.count - 1) setPlaying(false);
    else scrub(current.current.index + 1);
  }, [scrub]);
  usePlayback(playing, speed, step);
  const follow = useCallback(() => {
    setPlaying(false);
    change({ hour: null }, "replace");
  }, [change]);
  const togglePlay = () => {
    if (!playing && current.current.index >= current.current.count - 1) scrub(0);
    else if (!playing && following) scrub(0);
    setPlaying(!playing);
  };
  const selectedId = parameters.has("city") ? Number(parameters.get("city")) : null;
  const selectCity = useCallback(
    (id: number | null) => change({ city: id === null ? null : String(id) }),
    [change],
  );
  const move = (by: number) => () => {
    setPlaying(false);
    scrub(current.current.index + by);
  };
  const zoom = (how: "in" | "out" | "world") => () => {
    void import("./world-map.tsx").then(({ zoomMap }) => map.current && zoomMap(map.current, how));
  };
  useShortcuts({
    arrowleft: move(-1),
    arrowright: move(1),
    "shift+arrowleft": move(-24),
    "shift+arrowright": move(24),
    " ": (event) => {
      // A focused button takes the space bar for itself.
      if (event.target instanceof HTMLButtonElement) return false;
      togglePlay();
      return true;
    },
    l: follow,
    "+": zoom("in"),
    "=": zoom("in"),
    "-": zoom("out"),
    "0": zoom("world"),
    escape: () => (selectedId === null ? false : selectCity(null)),
  });
  const now = useNow(hours.asOfMs);
  const leftMs = HOUR_MS - (now % HOUR_MS);
  const cityQuery = `hour=${hourName(hours.firstHourMs + index * HOUR_MS)}${filterQuery === "" ? "" : `&${filterQuery}`}`;
  const hostLabel = choices.hosts.length === 1 ? "All hosts" : `All ${counted(choices.hosts.length, "host")}`;
  return (
    <div className="flex flex-1 flex-col tab:h-0 tab:min-h-[560px]">
      <h1 className="sr-only">Map</h1>
      <div className="page-x flex flex-wrap items-center gap-2 border-b border-line py-1.5 tab:h-[45px] tab:py-0">
        <SelectMenu
          label="Hosts"
          value={parameters.get("host") ?? ""}
          options={[
            { value: "", label: hostLabel },
            ...choices.hosts.map((host) => ({ value: host.id, label: host.name })),
          ]}
          onChange={(host) => change({ host })}
        />
        <SelectMenu
          label="Jails"
          value={parameters.get("jail") ?? ""}
          options={[
            { value: "", label: "All jails" },
            ...choices.jails.map((jail) => ({ value: jail, label: jail })),
          ]}
          onChange={(jail) => change({ jail })}
        />
        <span className="ml-auto flex items-center gap-4">
          <button
            type="button"
            aria-pressed={asTable}
            onClick={() => change({ as: asTable ? null : "table" })}
            className="touchable ease-colour text-t2 hover:text-t1"
          >
            {asTable ? "Show as map" : "Show as table"}
          </button>
          <span className="max-tab:hidden">
            <Switch label="Live pulses" checked={pulsesOn} onChange={setPulsesOn} />
          </span>
        </span>
      </div>
      {all.problem ? (
        <p role="alert" className="page-x border-b border-line py-2 text-t2">
          The hours could not be loaded: {all.problem.message}{" "}
          <button type="button" onClick={all.reload} className="text-t1 underline">
            Try again
          </button>
        </p>
      ) : null}
      <div className={`relative isolate tab:min-h-0 tab:flex-1 ${all.stale ? "opacity-60" : ""}`}>
        {asTable ? (
          <PlacesTable
            places={places}
            countryNames={hours.countryNames}
            total={hours.frames[index]?.attacks ?? 0}
            className="page-x h-[56vh] overflow-y-auto tab:h-full tab:pl-[360px]"
          />
        ) : (
          <div className="h-[64vw] max-h-[46vh] tab:max-h-none tab:absolute tab:inset-0 tab:h-auto">
            <MapCanvas
              places={places}
              countryNames={hours.countryNames}
              reference={reference}
              largest={largest}
              isPhone={isPhone}
              pulsesOn={pulsesOn}
              selectedId={selectedId}
              onSelect={selectCity}
              cityQuery={cityQuery}
              view={parameters.get("at")}
              onView={showView}
              onMap={keepMap}
            />
          </div>
        )}
        <HourReadout
          hours={hours}
          index={index}
          places={places}
          following={following}
          attribution={attribution}
          onSelect={selectCity}
        />
        {asTable ? null : <MapKey reference={reference} largest={largest} />}
      </div>
      <section aria-label="Hours" className="page-x border-t border-line bg-bg pt-2.5 pb-1.5">
        <div className="mb-3.5 flex flex-wrap items-center gap-x-3 gap-y-2">
          <div className="inline-flex h-11 overflow-hidden rounded-control border border-line2 tab:h-[27px]">
            <PlayerButton label="First hour" onClick={() => scrub(0)}>
              <ChevronFirst aria-hidden className="size-4" />
            </PlayerButton>
            <PlayerButton label={playing ? "Pause" : "Play"} onClick={togglePlay} middle>
              {playing ? (
                <Pause aria-hidden className="size-3.5 fill-current" />
              ) : (
                <Play aria-hidden className="size-3.5 fill-current" />
              )}
            </PlayerButton>
            <PlayerButton label="Running hour" onClick={() => scrub(count - 1)}>
              <ChevronLast aria-hidden className="size-4" />
            </PlayerButton>
          </div>
          <SelectMenu
            label="Speed"
            value={speed}
            options={SPEEDS.map((each) => ({ value: each, label: `${each} h per second` }))}
            onChange={setSpeed}
          />
          <p className="text-12 text-t2 max-wide:hidden">
            Attacks per hour, 7 days.{" "}
            {hours.usual.kind === "known"
              ? "Grey band: usual for that hour"
              : `Learning what is usual, ${counted(hours.usual.daysLeft, "day")} left`}
          </p>
          <div className="ml-auto flex items-center gap-4 text-12 text-t2">
            <span className="flex items-center gap-1 max-wide:hidden">
              <Kbd>←</Kbd> <Kbd>→</Kbd> <span className="ml-1">hour</span>
            </span>
            <span className="flex items-center gap-2 max-wide:hidden">
              <Kbd>Space</Kbd> play
            </span>
            <span className="flex items-center gap-2 max-wide:hidden">
              <Kbd>L</Kbd> live
            </span>
            <button
              type="button"
              onClick={follow}
              aria-pressed={following}
              className="ease-colour flex h-11 items-center gap-2 rounded-control border border-line2 px-2.5 font-control text-t1 hover:bg-s2 tab:h-[27px]"
            >
              <span
                aria-hidden
                className={`size-[7px] rounded-full ${following ? "bg-acc" : "border-[1.5px] border-t3"}`}
              />
              {following ? (
                <>
                  <span className="tab:hidden">Live, next in {span(leftMs)}</span>
                  <span className="max-tab:hidden">Following live, next hour in {span(leftMs)}</span>
                </>
              ) : (
                "Back to live"
              )}
            </button>
          </div>
        </div>
        <HourScrubber
          hours={hours}
          index={index}
          onScrub={(to) => {
            setPlaying(false);
            scrub(to);
          }}
        />
      </section>
    </div>
  );
}

function PlayerButton({
  label,
  onClick,
  middle = false,
  children,
}: {
  label: string;
  onClick: () => void;
  middle?: boolean;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className={`ease-colour grid w-11 place-items-center hover:bg-s2 tab:w-8 ${middle ? "border-x border-line2" : ""}`}
    >
      {children}
    </button>
  );
}
