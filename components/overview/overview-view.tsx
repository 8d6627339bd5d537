"use client";

import Link from "next/link";
import { useMemo } from "react";
import type { Overview } from "../../lib/query/overview.ts";
import { useLiveQuery, useLiveStatus, type Topic } from "../live/use-live.ts";
import { useNow } from "../live/use-now.ts";
import { useUrlState } from "../live/use-url-state.ts";
import { useShortcuts } from "../shell/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { Answers } from "./answers.tsx";
import { activeChips, FilterChips, FilterRow, rangeLabel } from "./filter-row.tsx";
import { LiveFeed } from "./live-feed.tsx";
import { MapNote, MapSection } from "./map-section.tsx";
import { portName } from "./port-name.ts";
import { CountrySection, RankedSection } from "./ranked-section.tsx";
import { TimelineSection } from "./timeline-section.tsx";

const TOPICS: readonly Topic[] = ["events", "bans", "hosts"];
const FILTERS = ["range", "hour", "host", "jail", "country"];
const STALE_AFTER_MS = 60_000;
const FEED_ROWS = 9;

export function OverviewView({ initial }: { initial: Overview }) {
  const url = useUrlState();
  const { parameters, change } = url;
  const query = new URLSearchParams(
    FILTERS.flatMap((name) => {
      const value = parameters.get(name);
      return value === null ? [] : [[name, value]];
    }),
  ).toString();
  const {
    data: overview,
    stale,
    problem,
    reload,
  } = useLiveQuery(`/api/query/overview${query === "" ? "" : `?${query}`}`, initial, TOPICS);
  const status = useLiveStatus();
  const now = useNow(overview.asOfMs);
  useShortcuts({
    escape: () => {
      const last = activeChips(overview, parameters).at(-1);
      if (last === undefined) return false;
      change({ [last.name]: null });
      return true;
    },
  });
  const staleSinceMs =
    status.state === "offline" && status.sinceMs !== null && now - status.sinceMs > STALE_AFTER_MS
      ? overview.asOfMs
      : null;
  const rangeText = overview.filter.hourMs === null ? rangeLabel(overview.filter.range) : "the selected hour";
  const toggle = (name: string, value: string) =>
    change({ [name]: parameters.get(name) === value ? null : value });
  const silent = overview.protection.silentCount;
  const hostCount = overview.protection.hosts.length;
  const feedFilter = useMemo(() => overview.filter, [overview.filter]);
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      <FilterRow overview={overview} url={url} />
      <FilterChips overview={overview} url={url} />
      {problem ? (
        <p
          role="alert"
          className="page-x flex flex-wrap items-center gap-3 border-b border-line py-2 text-t2"
        >
          <span>
            The numbers could not be loaded: {problem.message}
            {problem.id ? ` (error ${problem.id})` : ""}
          </span>
          <Button onClick={reload}>Try again</Button>
        </p>
      ) : null}
      {silent * 2 > hostCount && hostCount > 1 ? (
        <output className="block page-x border-b border-line bg-s2 py-2">
          {silent} of {hostCount} agents silent, numbers are too low.{" "}
          <Link href="/hosts" className="underline decoration-line2 underline-offset-2">
            Hosts
          </Link>
        </output>
      ) : null}
      <div className={cx("ease-colour", stale && "opacity-60")} aria-busy={stale}>
        <Answers overview={overview} staleSinceMs={staleSinceMs} />
        <div className="tab:page-x grid grid-cols-1 gap-x-10 tab:pt-2 wide:grid-cols-[minmax(0,1fr)_314px]">
          <div className="flex min-w-0 flex-col">
            <div className="max-tab:hidden">
              <TimelineSection
                timeline={overview.timeline}
                usual={overview.now.usual}
                logins={overview.logins}
                rangeText={rangeLabel(overview.filter.range)}
                selectedHourMs={overview.filter.hourMs}
                onSelectHour={(hourMs) =>
                  change({ hour: hourMs === null ? null : new Date(hourMs).toISOString().slice(0, 13) })
                }
              />
            </div>
            <MapSection overview={overview} rangeText={rangeText} asOfMs={overview.asOfMs} />
          </div>
          <div className="grid grid-cols-1 content-start gap-x-10 gap-y-3 max-tab:px-4 max-wide:pt-4 tab:max-wide:grid-cols-2">
            <CountrySection
              list={overview.countries}
              names={overview.countryNames}
              selected={parameters.get("country")}
              onSelect={(code) => toggle("country", code)}
            />
            <LiveFeed
              key={JSON.stringify([feedFilter.host, feedFilter.jail, feedFilter.country])}
              initial={overview.feed}
              filter={feedFilter}
              perMinute={overview.now.attacksPerMinute}
              rows={FEED_ROWS}
            />
          </div>
        </div>
        <div className="grid grid-cols-1 gap-x-10 gap-y-4 pt-2 pb-4 max-tab:px-4 tab:page-x tab:grid-cols-2 wide:grid-cols-4">
          <RankedSection
            title="Networks"
            list={overview.networks}
            href={(asn) => (asn === "0" ? null : `/bans?asn=${asn}`)}
            emptyText="No attacks in this range."
            renderName={(row) => (
              <>
                {overview.networkNames[row.key] ?? (row.key === "0" ? "Unknown" : "Network")}
                {row.key === "0" ? null : <span className="text-t3"> AS{row.key}</span>}
              </>
            )}
          />
          <RankedSection
            title="Jails"
            list={overview.detectors}
            emptyText="No attacks in this range."
            selected={parameters.get("jail")}
            onSelect={(jail) => toggle("jail", jail)}
            renderName={(row) => <span className="mono">{row.key}</span>}
          />
          <RankedSection
            title="Usernames tried"
            list={overview.users}
            emptyText="No log named a username. sshd’s own log does."
            renderName={(row) => <span className="mono">{row.key}</span>}
          />
          <RankedSection
            title="Ports"
            list={overview.ports}
            emptyText="No log named a port. Firewall logs do."
            renderName={(row) => {
              const [port = "", transport = ""] = row.key.split("/");
              return (
                <>
                  {port} <span className="text-t3">{portName(port) ?? transport}</span>
                </>
              );
            }}
          />
        </div>
        <footer className="border-t border-line py-2.5 max-tab:px-4 tab:page-x">
          <MapNote overview={overview} />
        </footer>
      </div>
    </>
  );
}
