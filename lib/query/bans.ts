import type pg from "pg";
import type { Connections } from "../db/client.ts";
import type { ActionProgress } from "./action-progress.ts";
import { loadActionsInProgress } from "./actions-in-progress.ts";
import { type BanCounts, type BanFacets, loadBanCounts, loadBanFacets } from "./ban-counts.ts";
import { type BansRequest, Conditions, conditionsOf, readCursor, writeCursor } from "./ban-filter.ts";
import { countryName } from "./country-names.ts";
import { SILENT_AFTER_MS } from "./host-condition.ts";

/** One address or prefix that is blocked on at least one host, or that an action is under way for. */
export type BanRow = {
  address: string;
  /** The newest ban. */
  sinceMs: number;
  /** The last end of all its bans; null: without end, or not known. */
  untilMs: number | null;
  permanent: boolean;
  /** Hosts that block it, as observed there; 0 for an action whose address is not blocked. */
  hostCount: number;
  /** How many of those hosts are silent, so that it is unknown what they do now. */
  unknownHostCount: number;
  /** fail2ban's jail; empty when only Banwatch blocks it. */
  jail: string;
  countryCode: string;
  /** In English; the server's word, because browsers differ. */
  countryName: string;
  city: string | null;
  asn: number;
  networkName: string | null;
  /** In 7 days. */
  attacks: number;
  /** Who made the rule, when Banwatch blocks it; null: fail2ban set it. */
  setBy: string | null;
  /** What is under way, went wrong, or was just done; only in `pinned`. */
  action: ActionProgress | null;
};

export type BansPage = {
  /** Actions in progress, newest first. Their addresses may be in `rows` too. */
  pinned: BanRow[];
  rows: BanRow[];
  /** Where the next page begins; null: there is none. */
  next: string | null;
  /** How many match the filters, up to `MATCHES_COUNTED`; null: all of the tab. */
  matches: number | null;
  counts: BanCounts;
  facets: BanFacets;
  asOfMs: number;
};

/** Filtered lists longer than this are not counted to their end. */
const MATCHES_COUNTED = 10_000;

export async function queryBans(
  { pool }: Connections,
  request: BansRequest,
  nowMs: number,
): Promise<BansPage> {
  const [counts, facets, actions, conditions] = await Promise.all([
    loadBanCounts(pool, nowMs),
    loadBanFacets(pool),
    loadActionsInProgress(pool, nowMs),
    conditionsOf(pool, request, nowMs),
  ]);
  const unapplied = actions.filter((action) => action.hostCount > action.counts.verified);
  const pinnedActions = request.tab === "unapplied" ? unapplied : actions;
  const shown = request.after === null && conditions !== null ? pinnedActions : [];
  const [pinned, page, matches] = await Promise.all([
    loadPinned(pool, shown, request, conditions, nowMs),
    conditions === null || request.tab === "unapplied"
      ? { rows: [], next: null }
      : loadPage(pool, conditions, request, nowMs),
    isFiltered(request) ? countMatches(pool, conditions) : null,
  ]);
  return {
    pinned,
    ...page,
    matches: request.tab === "unapplied" ? pinned.length : matches,
    counts: { ...counts, unapplied: unapplied.length },
    facets,
    asOfMs: nowMs,
  };
}

function isFiltered(request: BansRequest): boolean {
  const { q, jail, country, host, asn, place, setBy } = request;
  return q.trim() !== "" || [jail, country, host, asn, place, setBy].some((each) => each !== null);
}

type BlockedRow = {
  address: string;
  since: Date;
  until: Date | null;
  permanent: boolean;
  host_count: number;
  jail: string;
  country_code: string;
  city: string | null;
  asn: number;
  network_name: string | null;
};

const COLUMNS = `b.address, b.since, b.until, b.permanent, b.host_count, b.jail, b.country_code, p.city,
  b.asn::float8 as asn, n.name as network_name`;
const PLACED = `left join place p on p.id = b.place_id left join network n on n.asn = b.asn`;

async function loadPage(
  pool: pg.Pool,
  conditions: Conditions,
  request: BansRequest,
  nowMs: number,
): Promise<{ rows: BanRow[]; next: string | null }> {
  const { text, values } = pageStatement(conditions, request);
  const { rows } = await pool.query<BlockedRow>(text, values);
  const page = rows.slice(0, request.limit);
  const last = page.at(-1);
  const time = request.sort === "ending" ? last?.until : last?.since;
  return {
    rows: await complete(pool, page, nowMs),
    next:
      rows.length > request.limit && last !== undefined && time != null
        ? writeCursor({ timeMs: time.getTime(), address: last.address })
        : null,
  };
}

/** Reads one row more than asked for, to know whether there is a next page. */
export function pageStatement(
  conditions: Conditions,
  request: BansRequest,
): { text: string; values: unknown[] } {
  const all = new Conditions(conditions);
  const cursor = readCursor(request.after);
  const [column, compare, direction] =
    request.sort === "ending" ? (["b.until", ">", "asc"] as const) : (["b.since", "<", "desc"] as const);
  if (request.sort === "ending") all.add("not b.permanent and b.until is not null");
  if (cursor !== null) {
    const time = all.parameter(new Date(cursor.timeMs));
    const address = all.parameter(cursor.address);
    all.add(`(${column}, b.address) ${compare} (${time}::timestamptz, ${address}::inet)`);
  }
  const text = `select ${COLUMNS} from (
      select * from blocked_address b where ${all.where}
      order by ${column} ${direction}, b.address ${direction} limit ${request.limit + 1}
    ) as b ${PLACED} order by ${column} ${direction}, b.address ${direction}`;
  return { text, values: all.values };
}

async function countMatches(pool: pg.Pool, conditions: Conditions | null): Promise<number> {
  if (conditions === null) return 0;
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from (
       select from blocked_address b where ${conditions.where} limit ${MATCHES_COUNTED + 1}
     ) as matching`,
    conditions.values,
  );
  return rows[0]?.count ?? 0;
}

/**
 * The rows of actions in progress. What is blocked must match the filters like every row; for what is not blocked
 * (an unban that was just done) there is nothing to filter by but its address and place, so it shows unfiltered only.
 */
async function loadPinned(
  pool: pg.Pool,
  actions: ActionProgress[],
  request: BansRequest,
  conditions: Conditions | null,
  nowMs: number,
): Promise<BanRow[]> {
  const addresses = actions.map((action) => action.address);
  if (addresses.length === 0 || conditions === null) return [];
  const matching = new Conditions(conditions);
  matching.add(`b.address = any(${matching.parameter(addresses)}::inet[])`);
  const [blocked, known] = await Promise.all([
    pool.query<BlockedRow>(
      `select ${COLUMNS} from blocked_address b ${PLACED} where ${matching.where}`,
      matching.values,
    ),
    pool.query<BlockedRow>(
      `select w.address, now() as since, null as until, false as permanent, 0 as host_count, '' as jail,
         coalesce(a.country_code, 'ZZ') as country_code, p.city, coalesce(a.asn, 0)::float8 as asn, n.name as network_name
       from unnest($1::inet[]) as w(address) left join attacker a on a.address = w.address
         left join place p on p.id = a.place_id left join network n on n.asn = a.asn
       where not exists (select from blocked_address b where b.address = w.address)`,
      [addresses],
    ),
  ]);
  const unfiltered = !isFiltered(request) && (request.tab === "all" || request.tab === "unapplied");
  const rows = await complete(pool, [...blocked.rows, ...(unfiltered ? known.rows : [])], nowMs);
  return actions.flatMap((action) => {
    const row = rows.find((each) => each.address === action.address);
    if (row === undefined) return [];
    return [{ ...row, sinceMs: row.hostCount === 0 ? action.atMs : row.sinceMs, action }];
  });
}

/** Adds what is only looked up for the rows that are shown. */
async function complete(pool: pg.Pool, rows: BlockedRow[], nowMs: number): Promise<BanRow[]> {
  if (rows.length === 0) return [];
  const addresses = rows.map((row) => row.address);
  const [attacks, setters, unknown] = await Promise.all([
    // The bounds of each prefix, so that a banned network counts the attacks of all its addresses by the index.
    pool.query<{ address: string; attacks: number }>(
      `select w.address, sum(d.attacks)::float8 as attacks
       from unnest($1::inet[]) as w(address) join attacker_day d
         on d.address >= network(w.address)::inet
         and d.address <= set_masklen(broadcast(w.address), case family(w.address) when 4 then 32 else 128 end)
       where d.day > ($2::timestamptz at time zone 'UTC')::date - 7
       group by w.address`,
      [addresses, new Date(nowMs)],
    ),
    pool.query<{ address: string; name: string }>(
      `select distinct on (x.address) x.address, coalesce(a.actor_name, 'Banwatch') as name
       from ban x left join rule r on r.prefix = x.address and r.effect = 'deny' and r.removed_at is null
         left join action a on a.id = r.action_id
       where x.enforcer = 'banwatch' and x.address = any($1::inet[]) order by x.address, a.at desc nulls last`,
      [addresses],
    ),
    pool.query<{ address: string; count: number }>(
      `select x.address, count(distinct x.host_id)::int as count from ban x join host h on h.id = x.host_id
       where x.address = any($1::inet[]) and (h.last_seen_at is null or h.last_seen_at < $2) group by x.address`,
      [addresses, new Date(nowMs - SILENT_AFTER_MS)],
    ),
  ]);
  const attacksOf = new Map(attacks.rows.map((row) => [row.address, row.attacks]));
  const setterOf = new Map(setters.rows.map((row) => [row.address, row.name]));
  const unknownOf = new Map(unknown.rows.map((row) => [row.address, row.count]));
  return rows.map((row) => ({
    address: row.address,
    sinceMs: row.since.getTime(),
    untilMs: row.until?.getTime() ?? null,
    permanent: row.permanent,
    hostCount: row.host_count,
    unknownHostCount: unknownOf.get(row.address) ?? 0,
    jail: row.jail,
    countryCode: row.country_code,
    countryName: countryName(row.country_code),
    city: row.city,
    asn: row.asn,
    networkName: row.network_name,
    attacks: attacksOf.get(row.address) ?? 0,
    setBy: setterOf.get(row.address) ?? null,
    action: null,
  }));
}
