"use client";

import { ListFilter, X } from "lucide-react";
import type { RefObject } from "react";
import type { BansPage } from "../../lib/query/bans.ts";
import { counted, whole } from "../charts/format.ts";
import { Input } from "../ui/input.tsx";
import { SelectMenu } from "../ui/menu.tsx";
import { useTyped } from "./use-typed.ts";
import { type BanView, filtersOf, withoutFilters } from "./ban-view.ts";

export function BanFilters({
  view,
  page,
  change,
  searchInput,
}: {
  view: BanView;
  page: BansPage;
  change: (view: BanView, how?: "push" | "replace") => void;
  searchInput: RefObject<HTMLInputElement | null>;
}) {
  const { jails, countries, hosts } = page.facets;
  const filters = filtersOf(view);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2 max-tab:w-full">
      <Search view={view} change={change} input={searchInput} />
      <div className="flex min-w-0 gap-2 max-tab:-mx-4 max-tab:w-screen max-tab:overflow-x-auto max-tab:px-4">
        <SelectMenu
          label="Jail"
          value={view.jail ?? ""}
          onChange={(jail) => change({ ...view, jail: jail === "" ? null : jail })}
          options={[
            { value: "", label: "All jails" },
            ...withChosen(
              jails.map((each) => ({ value: each.jail, label: each.jail, note: whole(each.count) })),
              view.jail,
            ),
          ]}
        />
        <SelectMenu
          label="Country"
          value={view.country ?? ""}
          onChange={(country) => change({ ...view, country: country === "" ? null : country })}
          options={[
            { value: "", label: "All countries" },
            ...withChosen(
              countries.map((each) => ({
                value: each.countryCode,
                label: each.name,
                note: whole(each.count),
              })),
              view.country,
            ),
          ]}
        />
        <SelectMenu
          label="Host"
          value={view.host ?? ""}
          onChange={(host) => change({ ...view, host: host === "" ? null : host })}
          options={[
            { value: "", label: `All ${counted(hosts.length, "host")}` },
            ...withChosen(
              hosts.map((each) => ({ value: each.id, label: each.name })),
              view.host,
            ),
          ]}
        />
        <SelectMenu
          label="Set by"
          prefix="Set by"
          value={view.set ?? ""}
          onChange={(set) => change({ ...view, set: set === "" ? null : set })}
          options={[
            { value: "", label: "Anyone" },
            { value: "fail2ban", label: "fail2ban" },
            { value: "people", label: "People" },
          ]}
        />
        <SelectMenu
          label="Order"
          prefix="Order"
          value={view.sort}
          onChange={(sort) => change({ ...view, sort })}
          options={[
            { value: "newest", label: "Newest" },
            { value: "ending", label: "Ending soonest" },
          ]}
          className="wide:hidden"
        />
      </div>
      {view.asn === null ? null : (
        <Chip text={`AS${view.asn}`} remove={() => change(withoutFilters(view, ["asn"]))} />
      )}
      {view.place === null ? null : (
        <Chip text="One city" remove={() => change(withoutFilters(view, ["place"]))} />
      )}
      {filters.length > 0 ? (
        <button
          type="button"
          onClick={() => change(withoutFilters(view, filters))}
          className="min-h-11 px-1 text-t2 underline decoration-line2 underline-offset-2 hover:text-t1 tab:min-h-6"
        >
          Clear {counted(filters.length, "filter")}
        </button>
      ) : null}
    </div>
  );
}

/** What a link asks for is offered even when nothing has it now. */
function withChosen<Option extends { value: string; label: string }>(
  options: Option[],
  chosen: string | null,
): (Option | { value: string; label: string })[] {
  if (chosen === null || options.some((option) => option.value === chosen)) return options;
  return [...options, { value: chosen, label: chosen }];
}

function Chip({ text, remove }: { text: string; remove: () => void }) {
  return (
    <button
      type="button"
      onClick={remove}
      aria-label={`Remove the filter ${text}`}
      className="inline-flex h-11 items-center gap-1.5 rounded-control bg-s3 px-2.5 font-control tab:h-[29px]"
    >
      {text}
      <X aria-hidden className="size-3.5 text-t2" />
    </button>
  );
}

function Search({
  view,
  change,
  input,
}: {
  view: BanView;
  change: (view: BanView, how?: "push" | "replace") => void;
  input: RefObject<HTMLInputElement | null>;
}) {
  const [typed, setTyped] = useTyped(view.q, (q) => change({ ...view, q }, "replace"));
  return (
    <div className="relative w-full tab:w-[336px]">
      <ListFilter aria-hidden className="absolute top-[15px] left-3 size-3.5 text-t2 tab:top-[8px]" />
      <Input
        ref={input}
        type="search"
        value={typed}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        aria-label="Filter by address, network, jail or host"
        placeholder="Address, network, jail or host"
        className="pl-8 tab:h-[30px]"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed === "") event.currentTarget.blur();
        }}
      />
    </div>
  );
}
