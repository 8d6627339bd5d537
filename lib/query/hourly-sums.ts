import type pg from "pg";
import { type AttackFilter, type HourWindow, hourWindow, WEEK_MS } from "./attack-filter.ts";
import { keptAnswers } from "./kept-answers.ts";
import { bandOf, type UsualState } from "./usual.ts";

/** The hourly sums there are, with what each is keyed by; a place knows its country. */
const DIMENSIONS = {
  place: { table: "place_hour", key: "s.place_id::text", country: "p.country_code" },
  country: { table: "place_hour", key: "p.country_code", country: "p.country_code" },
  detector: { table: "place_hour", key: "s.detector", country: "p.country_code" },
  network: { table: "network_hour", key: "s.asn::text", country: "s.country_code" },
  user: { table: "user_hour", key: "s.user_name", country: null },
  port: { table: "port_hour", key: "s.port || '/' || s.transport", country: null },
} as const;

export type Dimension = keyof typeof DIMENSIONS;

/** Whether the sums of this dimension can be narrowed down to a country. */
export function knowsCountry(dimension: Dimension): boolean {
  return DIMENSIONS[dimension].country !== null;
}

const USUAL_KEPT_MS = 120_000;

/** Attacks by key within the window. */
export async function hourlySums(
  pool: pg.Pool,
  dimension: Dimension,
  filter: AttackFilter,
  window: HourWindow,
): Promise<Map<string, number>> {
  const rows = await sumsOfWindows(pool, dimension, filter, [window]);
  return new Map(rows.map((row) => [row.key, row.attacks]));
}

/**
 * The median of the same window one to four weeks before, by key; a key that is absent was never seen then. Null
 * when nothing can be called usual: too little data, or a window that is no whole number of weeks and longer than one.
 */
export async function usualSums(
  pool: pg.Pool,
  dimension: Dimension,
  filter: AttackFilter,
  window: HourWindow,
  state: UsualState,
): Promise<Map<string, number> | null> {
  const lengthMs = window.endMs - window.startMs;
  if (state.kind === "learning" || lengthMs > WEEK_MS) return null;
  const key = `usual ${dimension} ${JSON.stringify({ ...filter, start: window.firstHourMs, weeks: state.weeks })} ${pool.options.connectionString}`;
  return keptAnswers().get(key, USUAL_KEPT_MS, async () => {
    const windows = Array.from({ length: state.weeks }, (_, index) =>
      hourWindow(window.startMs - (index + 1) * WEEK_MS, window.endMs - (index + 1) * WEEK_MS),
    ).filter((before) => before.startMs >= state.sinceMs);
    if (windows.length === 0) return null;
    const samples = new Map<string, number[]>();
    for (const { key: name, week, attacks } of await sumsOfWindows(pool, dimension, filter, windows)) {
      const found = samples.get(name) ?? windows.map(() => 0);
      found[week] = attacks;
      samples.set(name, found);
    }
    return new Map([...samples].map(([name, counts]) => [name, bandOf(counts)?.median ?? 0]));
  });
}

async function sumsOfWindows(
  pool: pg.Pool,
  dimension: Dimension,
  filter: AttackFilter,
  windows: readonly HourWindow[],
): Promise<{ key: string; week: number; attacks: number }[]> {
  const { table, key, country } = DIMENSIONS[dimension];
  const { rows } = await pool.query<{ key: string; week: number; attacks: number }>(
    `select ${key} as key, w.week, sum(s.attacks * case
         when w.first_hour = w.last_hour then least(w.first_weight, w.last_weight)
         when s.hour = w.first_hour then w.first_weight
         when s.hour = w.last_hour then w.last_weight
         else 1 end)::float8 as attacks
       from unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::float8[])
         as w(week, first_hour, last_hour, first_weight, last_weight)
       join ${table} s on s.hour between w.first_hour and w.last_hour
       ${table === "place_hour" ? "join place p on p.id = s.place_id" : ""}
       where ($6::uuid is null or s.host_id = $6) and ($7::text is null or s.detector = $7)
         and ${country === null ? "$8::text is null" : `($8::text is null or ${country} = $8)`}
       group by 1, 2 having sum(s.attacks) > 0`,
    [
      windows.map((_, index) => index),
      windows.map((window) => new Date(window.firstHourMs)),
      windows.map((window) => new Date(window.lastHourMs)),
      windows.map((window) => window.firstWeight),
      windows.map((window) => window.lastWeight),
      filter.host,
      filter.jail,
      filter.country,
    ],
  );
  return rows;
}
