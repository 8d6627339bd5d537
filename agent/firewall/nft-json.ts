import * as z from "zod";
import { parsePrefix, type Prefix } from "../../lib/event/address.ts";

/** An element as `nft -j` prints it: an address, a prefix, or (from 1.0.? on, for sets with extras) one wrapped in `elem`. */
const elementSchema = z.union([
  z.string(),
  z.object({ prefix: z.object({ addr: z.string(), len: z.int() }) }),
  z.object({ range: z.tuple([z.string(), z.string()]) }),
  z.object({ elem: z.object({ val: z.unknown() }) }),
]);

const setSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  type: z.unknown().optional(),
  elem: z.array(z.unknown()).optional(),
});
type NftSet = z.infer<typeof setSchema>;

const chainSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  hook: z.string().optional(),
  prio: z.number().optional(),
  policy: z.string().optional(),
});
const ruleSchema = z.object({
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  expr: z.array(z.unknown()),
});
type NftRule = z.infer<typeof ruleSchema>;
type NftChain = z.infer<typeof chainSchema>;

export type NftListing = { sets: NftSet[]; chains: NftChain[]; rules: NftRule[] };

/** Reads the output of `nft -j list table …` of our own table: what isn't as we know it is an error. */
export function parseNftListing(json: string): NftListing {
  const listing: NftListing = { sets: [], chains: [], rules: [] };
  for (const item of itemsOf(json)) {
    if (item.set !== undefined) listing.sets.push(setSchema.parse(item.set));
    if (item.chain !== undefined) listing.chains.push(chainSchema.parse(item.chain));
    if (item.rule !== undefined) listing.rules.push(ruleSchema.parse(item.rule));
  }
  return listing;
}

/** The sets of a whole ruleset. Other people's tables may hold what no version of nft has printed yet: it is left out. */
export function parseForeignSets(json: string): NftSet[] {
  return itemsOf(json)
    .map((item) => setSchema.safeParse(item.set))
    .flatMap((set) => (set.success ? [set.data] : []));
}

function itemsOf(json: string): Record<string, unknown>[] {
  return z.object({ nftables: z.array(z.record(z.string(), z.unknown())) }).parse(JSON.parse(json)).nftables;
}

/** The prefix that an element stands for; null for what we would never write (a range, a counter). */
export function elementPrefix(element: unknown): Prefix | null {
  const parsed = elementSchema.safeParse(element);
  if (!parsed.success) return null;
  const value = parsed.data;
  if (typeof value === "string") return parsePrefix(value);
  if ("prefix" in value) return parsePrefix(`${value.prefix.addr}/${value.prefix.len}`);
  if ("elem" in value) return elementPrefix(value.elem.val);
  return null;
}

/** The prefixes that `nft get element` prints; with `-j` too it answers in its own language (nft 1.0.6). */
export function printedElements(text: string): Prefix[] {
  const elements = /elements = \{([^}]*)\}/.exec(text)?.[1] ?? "";
  return elements
    .split(",")
    .map((element) => parsePrefix(element.trim().split(/\s/)[0]!))
    .filter((prefix) => prefix !== null);
}
