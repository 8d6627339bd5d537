import type pg from "pg";
import { parsePrefix, type Prefix } from "../event/address.ts";

/**
 * What somebody typed into the search of bans: addresses (given whole, as a prefix, or as their beginning), an AS
 * number, or words that may be part of a jail, network, country, city or host.
 */
export type BanSearch =
  | { kind: "prefixes"; within: string[]; covering: string[] }
  | { kind: "asn"; asn: number }
  | { kind: "words"; words: string };

/** What the words of a search stand for; a ban matches when it has any of them. */
export type SearchMeaning = {
  asns: number[];
  jails: string[];
  countryCodes: string[];
  placeIds: number[];
  hostIds: string[];
};

const MAX_WORDS = 100;
/** A word that fits more places or networks than this is too short to be meant. */
const MAX_MEANINGS = 500;

/** Null when nothing was typed. */
export function readBanSearch(typed: string): BanSearch | null {
  const text = typed.trim().slice(0, MAX_WORDS);
  if (text === "") return null;
  const prefix = parsePrefix(text);
  if (prefix !== null) return { kind: "prefixes", within: [prefix.text], covering: coveringPrefixes(prefix) };
  const beginning = prefixesBeginningWith(text);
  if (beginning.length > 0) return { kind: "prefixes", within: beginning, covering: [] };
  const asn = /^AS(\d{1,10})$/i.exec(text)?.[1];
  if (asn !== undefined) return { kind: "asn", asn: Number(asn) };
  return { kind: "words", words: text };
}

/** Every prefix that covers this one, itself included: a banned network is found by an address in it. */
function coveringPrefixes(prefix: Prefix): string[] {
  const address = prefix.text.split("/")[0]!;
  return Array.from({ length: prefix.bits + 1 }, (_, bits) => parsePrefix(`${address}/${bits}`)!.text);
}

/** The prefixes whose addresses begin with `203.0.11` (so 203.0.11.x, and 203.0.110.x to 203.0.119.x) or `2001:db8:`. */
export function prefixesBeginningWith(text: string): string[] {
  if (/^\d{1,3}(\.\d{1,3}){0,2}\.?$/.test(text) && (text.includes(".") || text.length <= 3)) {
    return beginningOfFour(text);
  }
  if (/^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){0,6}:$/i.test(text)) {
    const groups = text.slice(0, -1).split(":");
    const prefix = parsePrefix(`${groups.join(":")}${groups.length < 8 ? "::" : ""}/${groups.length * 16}`);
    return prefix === null ? [] : [prefix.text];
  }
  return [];
}

function beginningOfFour(text: string): string[] {
  const numbers = text.replace(/\.$/, "").split(".");
  const last = numbers.at(-1)!;
  const longer = text.endsWith(".")
    ? [last]
    : Array.from({ length: 256 }, (_, number) => String(number)).filter((number) => number.startsWith(last));
  return longer.flatMap((number) => {
    const fixed = [...numbers.slice(0, -1), number];
    const padded = [...fixed, ...Array.from({ length: 4 - fixed.length }, () => "0")];
    return parsePrefix(`${padded.join(".")}/${fixed.length * 8}`)?.text ?? [];
  });
}

/** Looks up what the words stand for. All lists are empty when they stand for nothing that is stored. */
export async function meaningOf(pool: pg.Pool, words: string): Promise<SearchMeaning> {
  const pattern = `%${words.replaceAll(/[\\%_]/g, (special) => `\\${special}`)}%`;
  const { rows } = await pool.query<{ kind: keyof SearchMeaning; value: string }>(
    `(select 'asns' as kind, asn::text as value from network where name ilike $1 limit ${MAX_MEANINGS})
     union all (select 'placeIds', id::text from place where city ilike $1 limit ${MAX_MEANINGS})
     union all (select 'hostIds', id::text from host where name ilike $1 and revoked_at is null)
     union all (select 'jails', jail from (${DISTINCT_JAILS}) as known where jail ilike $1)`,
    [pattern],
  );
  const of = (kind: keyof SearchMeaning): string[] =>
    rows.filter((row) => row.kind === kind).map((row) => row.value);
  return {
    asns: of("asns").map(Number),
    placeIds: of("placeIds").map(Number),
    hostIds: of("hostIds"),
    jails: of("jails"),
    countryCodes: countriesNamed(words),
  };
}

/** Steps from one jail to the next in the index; a plain DISTINCT would read every row. */
const DISTINCT_JAILS = `
  with recursive step as (
    (select jail from blocked_address order by jail limit 1)
    union all
    select (select jail from blocked_address where jail > step.jail order by jail limit 1) from step where jail is not null
  )
  select jail from step where jail is not null`;

function countriesNamed(words: string): string[] {
  const wanted = words.toLowerCase();
  return COUNTRY_CODES.filter(
    (code) =>
      code.toLowerCase() === wanted ||
      (wanted.length >= 3 && COUNTRY_NAMES.of(code)?.toLowerCase().startsWith(wanted) === true),
  );
}

const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
const COUNTRY_CODES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(
  (code) => COUNTRY_NAMES.of(code) !== undefined,
);
