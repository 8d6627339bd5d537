import { overlaps, parsePrefix, type Prefix, specialRangeOf } from "../event/address.ts";

/** What may never be banned here and now. */
export type Protected = {
  /** The machine that Banwatch runs on, and the address under which people reach it. */
  app: readonly string[];
  /** Where the person who asks is browsing from; null when it isn't known. */
  operator: string | null;
  /** Where other signed-in people were last seen. */
  people: readonly { name: string; address: string }[];
  hosts: readonly {
    name: string;
    own: readonly string[];
    gateways: readonly string[];
    resolvers: readonly string[];
  }[];
  /** Prefixes that a rule allows. */
  allowed: readonly string[];
};

/** One thing that was looked at; `text` says what was found, either way. */
export type BannableCheck = { text: string; passed: boolean };

const WIDEST = { 4: 8, 6: 16 } as const;

/** Why the address or prefix can't be banned, as a sentence; null when it can. */
export function whyNotBannable(text: string, from: Protected): string | null {
  return bannableChecks(text, from).find((each) => !each.passed)?.text ?? null;
}

/** Everything that is looked at before a ban, in the order of a page; it ends where the rest makes no sense. */
export function bannableChecks(text: string, from: Protected): BannableCheck[] {
  const prefix = parsePrefix(text.trim());
  if (prefix === null) {
    return [failed("This is neither an IPv4 nor an IPv6 address, nor a prefix like 203.0.113.0/24.")];
  }
  const special = specialRangeOf(prefix);
  if (special !== null)
    return [failed(`${prefix.text} is ${special}: banning it could cut hosts off from their own network.`)];
  if (prefix.bits < WIDEST[prefix.family]) {
    return [
      failed(
        `${prefix.text} is too wide: it is a large part of the internet. The widest is /${WIDEST[prefix.family]}.`,
      ),
    ];
  }
  const hits = (addresses: readonly string[]) => addresses.filter((address) => overlapsText(prefix, address));
  return [
    passed(`${prefix.text} is a public address that can be banned`),
    check(
      hits(from.app),
      "Not an address of this Banwatch",
      (hit) => `${hit} is this Banwatch's own address.`,
    ),
    operatorCheck(prefix, from.operator),
    peopleCheck(prefix, from.people),
    ...hostChecks(from.hosts, hits),
    check(
      hits(from.allowed),
      "Not covered by an allow rule",
      (hit) => `A rule allows ${hit}: remove that rule first.`,
    ),
  ];
}

function operatorCheck(prefix: Prefix, operator: string | null): BannableCheck {
  if (operator === null) return passed("Your own address isn't known, so it can't be compared");
  if (!overlapsText(prefix, operator)) return passed(`Not your own address (${operator})`);
  return failed(`You are browsing from ${operator}: this ban would lock you out.`);
}

function peopleCheck(prefix: Prefix, people: Protected["people"]): BannableCheck {
  const person = people.find((each) => overlapsText(prefix, each.address));
  if (person === undefined) return passed("Nobody who is signed in was last seen there");
  return failed(`${person.name} is signed in from ${person.address}: this ban would lock them out.`);
}

function hostChecks(
  hosts: Protected["hosts"],
  hits: (addresses: readonly string[]) => string[],
): BannableCheck[] {
  const kinds = [
    [
      "own",
      "Not an address of one of your hosts",
      (hit: string, host: string) => `${hit} is an address of your host ${host}.`,
    ],
    [
      "gateways",
      "Not the gateway of one of your hosts",
      (hit: string, host: string) => `${hit} is the gateway of ${host}: this ban would cut it off.`,
    ],
    [
      "resolvers",
      "Not a name server of one of your hosts",
      (hit: string, host: string) => `${hit} is a name server of ${host}: without it, it finds no names.`,
    ],
  ] as const;
  return kinds.map(([kind, good, bad]) => {
    for (const host of hosts) {
      const [hit] = hits(host[kind]);
      if (hit !== undefined) return failed(bad(hit, host.name));
    }
    return passed(good);
  });
}

function check(hits: readonly string[], good: string, bad: (hit: string) => string): BannableCheck {
  const [hit] = hits;
  return hit === undefined ? passed(good) : failed(bad(hit));
}

function overlapsText(prefix: Prefix, text: string): boolean {
  const other = parsePrefix(text);
  return other !== null && overlaps(prefix, other);
}

function passed(text: string): BannableCheck {
  return { text, passed: true };
}

function failed(text: string): BannableCheck {
  return { text, passed: false };
}
