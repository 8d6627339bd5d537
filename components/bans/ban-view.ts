import type { BanTab } from "../../lib/query/ban-filter.ts";

/** What the page of bans shows, as its URL says it. */
export type BanView = {
  tab: BanTab;
  sort: "newest" | "ending";
  q: string;
  jail: string | null;
  country: string | null;
  host: string | null;
  asn: string | null;
  place: string | null;
  set: "fail2ban" | "people" | null;
  /** The address whose row is open. */
  row: string | null;
};

const TABS: readonly BanTab[] = ["all", "permanent", "ending", "unapplied", "people"];

export function readBanView(parameters: URLSearchParams): BanView {
  const given = (name: string): string | null => parameters.get(name) || null;
  const set = given("set");
  return {
    tab: TABS.find((tab) => tab === parameters.get("tab")) ?? "all",
    sort: parameters.get("sort") === "ending" ? "ending" : "newest",
    q: parameters.get("q") ?? "",
    jail: given("jail"),
    country: given("country"),
    host: given("host"),
    asn: given("asn"),
    place: given("place"),
    set: set === "fail2ban" || set === "people" ? set : null,
    row: given("row"),
  };
}

/** Only what differs from the plain page. */
export function writeBanView(view: BanView): URLSearchParams {
  const parameters = new URLSearchParams();
  const { tab, sort, ...rest } = view;
  if (tab !== "all") parameters.set("tab", tab);
  if (sort !== "newest") parameters.set("sort", sort);
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== "") parameters.set(name, value);
  }
  return parameters;
}

/** The address of the data for a view; which row is open makes no difference to it. */
export function bansUrl(view: BanView, page: { limit: number; after?: string }): string {
  const parameters = writeBanView({ ...view, row: null });
  parameters.set("limit", String(page.limit));
  if (page.after !== undefined) parameters.set("after", page.after);
  return `/api/query/bans?${parameters.toString()}`;
}

/** The last one is what Esc removes. */
export type BanFilterName = "q" | "jail" | "country" | "host" | "asn" | "place" | "set";
const FILTERS: readonly BanFilterName[] = ["q", "jail", "country", "host", "asn", "place", "set"];

export function filtersOf(view: BanView): BanFilterName[] {
  return FILTERS.filter((name) => view[name] !== null && view[name] !== "");
}

export function withoutFilters(view: BanView, names: readonly BanFilterName[]): BanView {
  const cleared: BanView = { ...view };
  for (const name of names) {
    if (name === "q") cleared.q = "";
    else cleared[name] = null;
  }
  return cleared;
}
