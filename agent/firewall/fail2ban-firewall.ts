import { existsSync, readFileSync } from "node:fs";
import { covers, overlaps, parsePrefix, type Prefix } from "../../lib/event/address.ts";
import { parseForeignSets, printedElements } from "./nft-json.ts";
import { ProgramError, type ProgramResult, type RunProgram } from "./run-program.ts";

/** A place of the firewall where fail2ban's actions put addresses. */
export type Place =
  | { kind: "nft"; family: string; table: string; set: string }
  | { kind: "iptables"; program: string }
  | { kind: "ipset"; set: string };

/** One place, as a person would name it, and whether the address is in it. */
export type FirewallFinding = { place: string; present: boolean };

/**
 * Where fail2ban puts addresses of this family on this host: nftables sets (`f2b-table`, `addr-set-*`), chains `f2b-*`
 * of iptables and ip6tables in both variants, and ipsets `f2b-*`.
 */
export async function findPlaces(family: 4 | 6, run: RunProgram): Promise<Place[]> {
  const found = await Promise.all([nftSets(family, run), iptablesPrograms(family, run), ipsets(run)]);
  return found.flat();
}

/** Reads each place and says whether the address is in it. */
export async function findInPlaces(
  places: readonly Place[],
  prefix: Prefix,
  run: RunProgram,
): Promise<FirewallFinding[]> {
  return (await Promise.all(places.map((place) => findInPlace(place, prefix, run)))).flat();
}

async function nftSets(family: 4 | 6, run: RunProgram): Promise<Place[]> {
  // Terse: the sets may be long, and only one element matters.
  const listed = await optional(run, "nft", ["-t", "-j", "list", "ruleset"]);
  if (listed === null || listed.exitCode !== 0) return [];
  const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
  return parseForeignSets(listed.stdout)
    .filter(
      (set) => set.type === type && (set.table.startsWith("f2b") || /^(f2b-|addr6?-set-)/.test(set.name)),
    )
    .map(({ family: of, table, name }) => ({ kind: "nft", family: of, table, set: name }));
}

async function iptablesPrograms(family: 4 | 6, run: RunProgram): Promise<Place[]> {
  const name = family === 6 ? "ip6tables" : "iptables";
  const programs = [`${name}-nft-save`];
  // Asking the legacy variant loads its kernel modules: only where it is in use already.
  if (isInUse(family === 6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names")) {
    programs.push(`${name}-legacy-save`);
  }
  const places: Place[] = [];
  for (const program of programs) {
    const saved = await optional(run, program, ["-t", "filter"]);
    if (saved !== null && saved.exitCode === 0 && /^:(f2b|fail2ban)-/m.test(saved.stdout)) {
      places.push({ kind: "iptables", program });
    }
  }
  return places;
}

async function ipsets(run: RunProgram): Promise<Place[]> {
  if (!existsSync("/sys/module/ip_set")) return [];
  const listed = await optional(run, "ipset", ["list", "-name"]);
  if (listed === null || listed.exitCode !== 0) return [];
  return listed.stdout
    .split("\n")
    .filter((name) => /^(f2b|fail2ban)-/.test(name))
    .map((set) => ({ kind: "ipset", set }));
}

async function findInPlace(place: Place, prefix: Prefix, run: RunProgram): Promise<FirewallFinding[]> {
  switch (place.kind) {
    case "nft": {
      const { family, table, set } = place;
      const result = await run("nft", ["get", "element", family, table, set, `{ ${prefix.text} }`]);
      const isThere = printedElements(result.stdout).some((found) => covers(found, prefix));
      return [{ place: `nft ${family} ${table} ${set}`, present: result.exitCode === 0 && isThere }];
    }
    case "iptables": {
      const saved = await run(place.program, ["-t", "filter"]);
      return findInChains(place.program.replace(/-save$/, ""), saved.stdout, prefix);
    }
    case "ipset": {
      const result = await run("ipset", ["test", place.set, prefix.text]);
      return [{ place: `ipset ${place.set}`, present: result.exitCode === 0 }];
    }
    default:
      return place satisfies never;
  }
}

function findInChains(program: string, saved: string, prefix: Prefix): FirewallFinding[] {
  const chains = new Map<string, boolean>();
  for (const line of saved.split("\n")) {
    const chain = /^:(f2b-\S+|fail2ban-\S+) /.exec(line)?.[1];
    if (chain !== undefined) chains.set(chain, false);
    const rule = /^-A (f2b-\S+|fail2ban-\S+) .*?-s (\S+) .*-j (REJECT|DROP)/.exec(line);
    if (rule === null) continue;
    const source = parsePrefix(rule[2]!);
    if (source !== null && overlaps(source, prefix)) chains.set(rule[1]!, true);
  }
  return [...chains].map(([chain, present]) => ({ place: `${program} ${chain}`, present }));
}

async function optional(run: RunProgram, program: string, args: string[]): Promise<ProgramResult | null> {
  try {
    return await run(program, args);
  } catch (error) {
    if (error instanceof ProgramError && error.missing) return null;
    throw error;
  }
}

function isInUse(path: string): boolean {
  try {
    return readFileSync(path, "utf8").trim() !== "";
  } catch {
    return false;
  }
}
