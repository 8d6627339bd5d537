import { covers, parsePrefix, type Prefix } from "../../lib/event/address.ts";
import { elementPrefix, type NftListing, parseNftListing, printedElements } from "./nft-json.ts";
import type { DriverState, RuleDriver, RuleSet } from "./rule-driver.ts";
import { hostWords, ProgramError, type RunProgram, runProgram } from "./run-program.ts";

const TABLE = ["inet", "banwatch"] as const;
const SETS = ["deny4", "deny6", "allow4", "allow6"] as const;
type SetName = (typeof SETS)[number];
const CHAIN = "screen";
/** Before connection tracking (-200), so that traffic to the host and to what it forwards for are both stopped early. */
const PRIORITY = -300;
/** Up to this many changes are added and deleted one by one; more, and the table is written anew. Both are atomic. */
const INCREMENTAL_MAX = 2_000;

/** nftables through `nft`, in the table `inet banwatch`. */
export class NftablesDriver implements RuleDriver {
  readonly #run: RunProgram;

  constructor(run: RunProgram = runProgram) {
    this.#run = run;
  }

  async probe(): Promise<DriverState> {
    try {
      const result = await this.#run("nft", ["list", "tables"]);
      if (result.exitCode === 0) return { state: "ready", driver: "nftables" };
      return { state: "unavailable", reason: `nft: ${hostWords(result)}` };
    } catch (error) {
      if (error instanceof ProgramError) return { state: "unavailable", reason: error.message };
      throw error;
    }
  }

  async apply(rules: RuleSet): Promise<void> {
    const now = await this.#list();
    const script = (now === null ? null : incremental(now, rules)) ?? wholeTable(rules);
    if (script === "") return;
    const result = await this.#run("nft", ["-f", "-"], { input: script, timeoutMs: 120_000 });
    if (result.exitCode !== 0) throw new Error(`nft failed: ${hostWords(result)}`);
  }

  async read(): Promise<{ rules: RuleSet; problem: string | null }> {
    const listing = await this.#list();
    if (listing === null) {
      return { rules: { deny: [], allow: [] }, problem: "the table inet banwatch is not there" };
    }
    return { rules: rulesOf(listing), problem: structureProblem(listing) };
  }

  async check(prefix: Prefix): Promise<{ denied: boolean; evidence: string[] }> {
    const [chain, allowed, denied] = await Promise.all([
      this.#run("nft", ["-j", "list", "chain", ...TABLE, CHAIN]),
      this.#element(`allow${prefix.family}`, prefix),
      this.#element(`deny${prefix.family}`, prefix),
    ]);
    if (chain.exitCode !== 0) {
      return { denied: false, evidence: ["nft inet banwatch: the table is not there"] };
    }
    const evidence = [
      denied === null
        ? `nft inet banwatch deny${prefix.family}: ${prefix.text} is not in it`
        : `nft inet banwatch deny${prefix.family}: ${denied.text} is in it`,
    ];
    if (allowed !== null) {
      evidence.push(`nft inet banwatch allow${prefix.family}: ${allowed.text} is in it, and wins`);
    }
    return { denied: denied !== null && allowed === null, evidence };
  }

  /** The element of the set that covers all of `prefix`. */
  async #element(set: string, prefix: Prefix): Promise<Prefix | null> {
    const result = await this.#run("nft", ["get", "element", ...TABLE, set, `{ ${prefix.text} }`]);
    if (result.exitCode !== 0) return null;
    return printedElements(result.stdout).find((found) => covers(found, prefix)) ?? null;
  }

  async #list(): Promise<NftListing | null> {
    const result = await this.#run("nft", ["-j", "list", "table", ...TABLE]);
    if (result.exitCode === 0) return parseNftListing(result.stdout);
    if (/No such file|does not exist/.test(result.stderr)) return null;
    throw new Error(`nft failed: ${hostWords(result)}`);
  }
}

function rulesOf(listing: NftListing): RuleSet {
  const inSet = (name: SetName) =>
    (listing.sets.find((set) => set.name === name)?.elem ?? [])
      .map(elementPrefix)
      .filter((prefix) => prefix !== null);
  return {
    deny: [...inSet("deny4"), ...inSet("deny6")],
    allow: [...inSet("allow4"), ...inSet("allow6")],
  };
}

/** Why the table would not stop what it should; null when it is as we made it. */
function structureProblem(listing: NftListing): string | null {
  for (const name of SETS) {
    if (!listing.sets.some((set) => set.name === name)) return `the set ${name} is not there`;
  }
  const chain = listing.chains.find(({ name }) => name === CHAIN);
  if (chain === undefined) return `the chain ${CHAIN} is not there`;
  if (chain.hook !== "prerouting" || chain.prio !== PRIORITY) {
    return `the chain ${CHAIN} is not where we put it`;
  }
  const rules = listing.rules.filter((rule) => rule.chain === CHAIN).map((rule) => meaningOf(rule.expr));
  const expected = chainRules().map(({ meaning }) => meaning);
  const same = rules.length === expected.length && rules.every((rule, index) => rule === expected[index]);
  return same ? null : `the rules of the chain ${CHAIN} are not the ones we put there`;
}

/** A rule without what changes by itself (its counter), for comparison. */
function meaningOf(expressions: unknown[]): string {
  const text = JSON.stringify(expressions);
  const set = /"@(\w+)"/.exec(text)?.[1] ?? (text.includes('"lo"') ? "lo" : "?");
  return `${set} ${text.includes('{"drop":null}') ? "drop" : text.includes('{"accept":null}') ? "accept" : "?"}`;
}

function chainRules(): { text: string; meaning: string }[] {
  return [
    { text: 'iif "lo" accept', meaning: "lo accept" },
    { text: "ip saddr @allow4 accept", meaning: "allow4 accept" },
    { text: "ip6 saddr @allow6 accept", meaning: "allow6 accept" },
    { text: "ip saddr @deny4 counter drop", meaning: "deny4 drop" },
    { text: "ip6 saddr @deny6 counter drop", meaning: "deny6 drop" },
  ];
}

/** One transaction that puts the whole table in place of whatever is there. */
function wholeTable(rules: RuleSet): string {
  const table = TABLE.join(" ");
  const lines = [`add table ${table}`, `delete table ${table}`, `add table ${table}`];
  for (const name of SETS) {
    const type = name.endsWith("4") ? "ipv4_addr" : "ipv6_addr";
    lines.push(`add set ${table} ${name} { type ${type}; flags interval; }`);
  }
  lines.push(
    `add chain ${table} ${CHAIN} { type filter hook prerouting priority ${PRIORITY}; policy accept; }`,
    ...chainRules().map(({ text }) => `add rule ${table} ${CHAIN} ${text}`),
    ...elementLines("add", bySet(rules)),
  );
  return `${lines.join("\n")}\n`;
}

/** The same result by few changes; null when it takes too many, or when the table isn't as we made it. */
function incremental(now: NftListing, wanted: RuleSet): string | null {
  if (structureProblem(now) !== null) return null;
  const have = bySet(rulesOf(now));
  const want = bySet(wanted);
  const remove = new Map<SetName, string[]>();
  const add = new Map<SetName, string[]>();
  let changes = 0;
  for (const name of SETS) {
    const haveSet = new Set(have.get(name));
    const wantSet = new Set(want.get(name));
    remove.set(
      name,
      [...haveSet].filter((text) => !wantSet.has(text)),
    );
    add.set(
      name,
      [...wantSet].filter((text) => !haveSet.has(text)),
    );
    changes += remove.get(name)!.length + add.get(name)!.length;
    // A set that holds something that we can't read back as a prefix isn't ours any more.
    if ((now.sets.find((set) => set.name === name)?.elem ?? []).length !== haveSet.size) return null;
  }
  if (changes === 0) return "";
  if (changes > INCREMENTAL_MAX) return null;
  // A smaller prefix may take the place of a larger one: what goes must be gone before what comes.
  const lines = [...elementLines("delete", remove), ...elementLines("add", add)];
  return `${lines.join("\n")}\n`;
}

function bySet(rules: RuleSet): Map<SetName, string[]> {
  const sets = new Map<SetName, string[]>(SETS.map((name) => [name, []]));
  for (const { family, text } of rules.deny) sets.get(family === 4 ? "deny4" : "deny6")!.push(text);
  for (const { family, text } of rules.allow) sets.get(family === 4 ? "allow4" : "allow6")!.push(text);
  return sets;
}

function elementLines(verb: "add" | "delete", sets: Map<SetName, string[]>): string[] {
  const lines: string[] = [];
  for (const [name, elements] of sets) {
    for (let from = 0; from < elements.length; from += 1000) {
      const texts = elements.slice(from, from + 1000);
      for (const text of texts) {
        if (parsePrefix(text)?.text !== text) throw new Error(`not a canonical prefix: ${text}`);
      }
      lines.push(`${verb} element ${TABLE.join(" ")} ${name} { ${texts.join(", ")} }`);
    }
  }
  return lines;
}
