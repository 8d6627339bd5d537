import type pg from "pg";
import * as z from "zod";
import { parsePrefix } from "../event/address.ts";
import { type BanSearch, meaningOf, readBanSearch } from "./ban-search.ts";

const BAN_TABS = ["all", "permanent", "ending", "unapplied", "people"] as const;
export type BanTab = (typeof BAN_TABS)[number];
const BAN_SORTS = ["newest", "ending"] as const;
export const ENDING_WITHIN_MS = 60 * 60 * 1000;

const PAGE_ROWS = 100;
const MAX_ROWS = 500;

/** What the list of bans is asked for, as its URL says it. What makes no sense is left out, not refused. */
const bansRequestSchema = z.object({
  tab: z.enum(BAN_TABS).catch("all"),
  sort: z.enum(BAN_SORTS).catch("newest"),
  q: z.string().max(100).catch(""),
  jail: z.string().max(128).nullable().catch(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .catch(null),
  host: z.uuid().nullable().catch(null),
  asn: z.coerce.number().int().min(1).nullable().catch(null),
  /** A place's id. */
  place: z.coerce
    .number()
    .int()
    .refine((id) => id !== 0)
    .nullable()
    .catch(null),
  setBy: z.enum(["fail2ban", "people"]).nullable().catch(null),
  after: z.string().max(200).nullable().catch(null),
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).catch(PAGE_ROWS),
});
export type BansRequest = z.infer<typeof bansRequestSchema>;

export function readBansRequest(parameters: URLSearchParams): BansRequest {
  const given = (name: string): string | null => {
    const value = parameters.get(name);
    return value === "" ? null : value;
  };
  return bansRequestSchema.parse({
    tab: given("tab"),
    sort: given("sort"),
    q: given("q") ?? "",
    jail: given("jail"),
    country: given("country"),
    host: given("host"),
    asn: given("asn"),
    place: given("place"),
    setBy: given("set"),
    after: given("after"),
    limit: given("limit") ?? PAGE_ROWS,
  });
}

/** Conditions on `blocked_address b`, with the values of their parameters. */
export class Conditions {
  readonly values: unknown[];
  readonly #texts: string[];

  /** Begins with all of `base`, which stays as it is. */
  constructor(base?: Conditions) {
    this.values = base === undefined ? [] : [...base.values];
    this.#texts = base === undefined ? [] : [...base.#texts];
  }

  /** `?` stands for the value. */
  add(text: string, value?: unknown): void {
    this.#texts.push(value === undefined ? text : text.replaceAll("?", this.parameter(value)));
  }

  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  get where(): string {
    return this.#texts.length === 0 ? "true" : this.#texts.map((text) => `(${text})`).join(" and ");
  }
}

/** Null when nothing can match. */
export async function conditionsOf(
  pool: pg.Pool,
  request: BansRequest,
  nowMs: number,
): Promise<Conditions | null> {
  const conditions = new Conditions();
  addTab(conditions, request.tab, nowMs);
  if (request.jail !== null) conditions.add("b.jail = ?", request.jail);
  if (request.country !== null) conditions.add("b.country_code = ?", request.country);
  if (request.asn !== null) conditions.add("b.asn = ?", request.asn);
  if (request.place !== null) conditions.add("b.place_id = ?", request.place);
  if (request.host !== null) conditions.add(BLOCKED_BY_HOSTS, [request.host]);
  if (request.setBy === "people") conditions.add(SET_BY_PEOPLE);
  if (request.setBy === "fail2ban") conditions.add(`not ${SET_BY_PEOPLE}`);
  const search = readBanSearch(request.q);
  if (search !== null && !(await addSearch(pool, conditions, search))) return null;
  return conditions;
}

const SET_BY_PEOPLE = "exists (select from ban x where x.address = b.address and x.enforcer = 'banwatch')";
const BLOCKED_BY_HOSTS =
  "exists (select from ban x where x.address = b.address and x.host_id = any(?::uuid[]))";

function addTab(conditions: Conditions, tab: BanTab, nowMs: number): void {
  switch (tab) {
    case "permanent":
      return conditions.add("b.permanent");
    case "ending":
      return conditions.add("not b.permanent and b.until <= ?", new Date(nowMs + ENDING_WITHIN_MS));
    case "people":
      return conditions.add(SET_BY_PEOPLE);
    case "all":
    case "unapplied":
      return;
  }
}

async function addSearch(pool: pg.Pool, conditions: Conditions, search: BanSearch): Promise<boolean> {
  if (search.kind === "asn") {
    conditions.add("b.asn = ?", search.asn);
    return true;
  }
  if (search.kind === "prefixes") {
    const within = search.within.map((prefix) => `b.address <<= ${conditions.parameter(prefix)}::inet`);
    const covering =
      search.covering.length === 0
        ? []
        : [`b.address = any(${conditions.parameter(search.covering)}::inet[])`];
    conditions.add([...within, ...covering].join(" or "));
    return true;
  }
  const meaning = await meaningOf(pool, search.words);
  const either = [
    meaning.asns.length > 0 ? `b.asn = any(${conditions.parameter(meaning.asns)}::bigint[])` : null,
    meaning.jails.length > 0 ? `b.jail = any(${conditions.parameter(meaning.jails)}::text[])` : null,
    meaning.countryCodes.length > 0
      ? `b.country_code = any(${conditions.parameter(meaning.countryCodes)}::text[])`
      : null,
    meaning.placeIds.length > 0
      ? `b.place_id = any(${conditions.parameter(meaning.placeIds)}::bigint[])`
      : null,
    meaning.hostIds.length > 0 ? BLOCKED_BY_HOSTS.replace("?", conditions.parameter(meaning.hostIds)) : null,
  ].filter((each) => each !== null);
  if (either.length === 0) return false;
  conditions.add(either.join(" or "));
  return true;
}

/** The last row of a page: the next page begins after it. */
export type BanCursor = { timeMs: number; address: string };

export function writeCursor(cursor: BanCursor): string {
  return Buffer.from(JSON.stringify([cursor.timeMs, cursor.address])).toString("base64url");
}

/** Null when it isn't one: the list then begins at its start. */
export function readCursor(text: string | null): BanCursor | null {
  if (text === null) return null;
  try {
    const [timeMs, address] = cursorSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return { timeMs, address };
  } catch {
    return null;
  }
}

const cursorSchema = z.tuple([z.number().int(), z.string().refine((text) => parsePrefix(text) !== null)]);
