import { existsSync, readFileSync } from "node:fs";
import { covers, overlaps, parsePrefix, type Prefix } from "../../lib/event/address.ts";
import { parseNftListing, printedElements } from "./nft-json.ts";
import { ProgramError, type ProgramResult, type RunProgram } from "./run-program.ts";

/** One place of the firewall where fail2ban puts addresses, and whether this one is in it. */
export type FirewallFinding = { place: string; present: boolean };

/**
 * Looks for an address in every place where fail2ban's actions put them: nftables sets (`f2b-table`, `addr-set-*`),
 * chains `f2b-*` of iptables and ip6tables in both variants, and ipsets `f2b-*`.
 */
export async function findInFail2banFirewall(prefix: Prefix, run: RunProgram): Promise<FirewallFinding[]> {
  const found = await Promise.all([
    findInNftSets(prefix, run),
    findInIptables(prefix, run),
    findInIpsets(prefix, run),
  ]);
  return found.flat();
}

async function findInNftSets(prefix: Prefix, run: RunProgram): Promise<FirewallFinding[]> {
  // Terse: the sets may be long, and only one element matters.
  const listed = await optional(run, "nft", ["-t", "-j", "list", "ruleset"]);
  if (listed === null || listed.exitCode !== 0) return [];
  const type = prefix.family === 4 ? "ipv4_addr" : "ipv6_addr";
  const sets = parseNftListing(listed.stdout).sets.filter(
    (set) => set.type === type && (set.table.startsWith("f2b") || /^(f2b-|addr6?-set-)/.test(set.name)),
  );
  return await Promise.all(
    sets.map(async ({ family, table, name }) => {
      const result = await optional(run, "nft", [
        "get",
        "element",
        family,
        table,
        name,
        `{ ${prefix.text} }`,
      ]);
      const present =
        result !== null &&
        result.exitCode === 0 &&
        printedElements(result.stdout).some((found) => covers(found, prefix));
      return { place: `nft ${family} ${table} ${name}`, present };
    }),
  );
}

async function findInIptables(prefix: Prefix, run: RunProgram): Promise<FirewallFinding[]> {
  const six = prefix.family === 6;
  const programs = [six ? "ip6tables-nft-save" : "iptables-nft-save"];
  // Asking the legacy variant loads its kernel modules: only where it is in use already.
  if (isInUse(six ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names")) {
    programs.push(six ? "ip6tables-legacy-save" : "iptables-legacy-save");
  }
  const results = await Promise.all(
    programs.map(async (program) => {
      const saved = await optional(run, program, ["-t", "filter"]);
      const name = program.replace(/-save$/, "");
      return saved === null || saved.exitCode !== 0 ? [] : findInChains(name, saved.stdout, prefix);
    }),
  );
  return results.flat();
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

async function findInIpsets(prefix: Prefix, run: RunProgram): Promise<FirewallFinding[]> {
  if (!existsSync("/sys/module/ip_set")) return [];
  const listed = await optional(run, "ipset", ["list", "-name"]);
  if (listed === null || listed.exitCode !== 0) return [];
  const sets = listed.stdout.split("\n").filter((name) => /^(f2b|fail2ban)-/.test(name));
  return await Promise.all(
    sets.map(async (name) => {
      const result = await optional(run, "ipset", ["test", name, prefix.text]);
      return { place: `ipset ${name}`, present: result !== null && result.exitCode === 0 };
    }),
  );
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
