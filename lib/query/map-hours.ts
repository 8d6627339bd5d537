import type { Connections } from "../db/client.ts";
import { type AttackFilter, HOUR_MS, WEEK_MS } from "./attack-filter.ts";
import { countryNames } from "./country-names.ts";
import { freshAnswers } from "./fresh-answers.ts";
import { keptAnswers } from "./kept-answers.ts";
import { loadPlaces, type MapPlace } from "./map-circles.ts";
import { firstDataMs } from "./slot-sums.ts";
import { type Band, bandOf, type Excess, excessOf, usualState, type UsualState } from "./usual.ts";

/** Seven days of full hours, and the running one. */
const MAP_HOURS = 7 * 24;
const EXCESS_MIN_ATTACKS = 30;
const COALESCE_MS = 500;
const USUAL_KEPT_MS = 300_000;

export type MapFrame = {
  /** Attacks of all places, those without a city too. */
  attacks: number;
  countries: number;
  /** What is usual at this hour; null while it is being learned. */
  usual: Band | null;
  /** Pairs of an index into `places` and its attacks, flat: `[0, 286, 4, 49, …]`. */
  cells: number[];
  /** Cells above usual, by their index into `places`. */
  excess: Record<number, Excess>;
};

export type MapHours = {
  asOfMs: number;
  /** The hour of the first frame; each further frame is one hour later, the last one is running. */
  firstHourMs: number;
  places: MapPlace[];
  frames: MapFrame[];
  countryNames: Record<string, string>;
  usual: UsualState;
};

type MapFilter = Pick<AttackFilter, "host" | "jail">;

/** The frames from `fromHourMs` (at most seven days ago) to the running hour. */
export function loadMapHours(
  connections: Connections,
  filter: MapFilter,
  fromHourMs: number | null,
  now: () => number,
  /** `page`: an answer of just now will do, as the page asks again once it is alive. */
  asker: "page" | "query" = "query",
): Promise<MapHours> {
  const { host, jail } = filter;
  const key = `map ${JSON.stringify([host, jail, fromHourMs])} ${connections.pool.options.connectionString}`;
  const read = () => readMapHours(connections, filter, fromHourMs, now());
  return asker === "page"
    ? freshAnswers().recent(key, COALESCE_MS, read)
    : freshAnswers().get(key, COALESCE_MS, read);
}

async function readMapHours(
  { pool }: Connections,
  filter: MapFilter,
  fromHourMs: number | null,
  nowMs: number,
): Promise<MapHours> {
  const runningMs = nowMs - (nowMs % HOUR_MS);
  const oldestMs = runningMs - MAP_HOURS * HOUR_MS;
  const firstHourMs = Math.min(runningMs, Math.max(oldestMs, fromHourMs ?? oldestMs));
  const usual = usualState(await firstDataMs(pool), nowMs);
  const { rows } = await pool.query<{ hour: Date; place: string; countryCode: string; attacks: number }>(
    `select s.hour, s.place_id::text as place, p.country_code as "countryCode", sum(s.attacks)::float8 as attacks
     from place_hour s join place p on p.id = s.place_id
     where s.hour >= $1 and s.hour <= $2 and ($3::uuid is null or s.host_id = $3)
       and ($4::text is null or s.detector = $4)
     group by 1, 2, 3 having sum(s.attacks) > 0`,
    [new Date(firstHourMs), new Date(runningMs), filter.host, filter.jail],
  );
  const known = await loadPlaces(pool, [...new Set(rows.map((row) => row.place))]);
  const places = [...known.values()];
  const indexOf = new Map([...known.keys()].map((id, index) => [id, index]));
  const usualHours = await usualTotals(connectionsKey(pool), pool, filter, usual, firstHourMs, runningMs);
  const frames = Array.from({ length: (runningMs - firstHourMs) / HOUR_MS + 1 }, (_, index): MapFrame => {
    const band = usualHours?.get(firstHourMs + index * HOUR_MS) ?? null;
    return { attacks: 0, countries: 0, usual: band, cells: [], excess: {} };
  });
  const countries = frames.map(() => new Set<string>());
  const large: { hourMs: number; place: string; attacks: number }[] = [];
  for (const { hour, place, countryCode, attacks } of rows) {
    const index = (hour.getTime() - firstHourMs) / HOUR_MS;
    const frame = frames[index];
    if (frame === undefined) continue;
    frame.attacks += attacks;
    countries[index]?.add(countryCode);
    const at = indexOf.get(place);
    if (at === undefined) continue;
    frame.cells.push(at, attacks);
    if (attacks >= EXCESS_MIN_ATTACKS) large.push({ hourMs: hour.getTime(), place, attacks });
  }
  frames.forEach((frame, index) => {
    frame.countries = countries[index]?.size ?? 0;
  });
  for (const { hourMs, place, excess } of await excesses(pool, filter, usual, large)) {
    const at = indexOf.get(place);
    const frame = frames[(hourMs - firstHourMs) / HOUR_MS];
    if (at !== undefined && frame !== undefined) frame.excess[at] = excess;
  }
  return {
    asOfMs: nowMs,
    firstHourMs,
    places,
    frames,
    countryNames: countryNames(places.map((place) => place.countryCode)),
    usual,
  };
}

function connectionsKey(pool: Connections["pool"]): string {
  return String(pool.options.connectionString);
}

/** The usual range of the attacks of each hour, from the ones at the same weekday and hour before. */
async function usualTotals(
  database: string,
  pool: Connections["pool"],
  filter: MapFilter,
  state: UsualState,
  firstHourMs: number,
  runningMs: number,
): Promise<Map<number, Band> | null> {
  if (state.kind === "learning") return null;
  const key = `map usual ${JSON.stringify([filter.host, filter.jail, state.weeks, runningMs])} ${database}`;
  const totals = await keptAnswers().get(key, USUAL_KEPT_MS, async () => {
    const { rows } = await pool.query<{ hour: Date; attacks: number }>(
      `select date_bin('1 hour', slot, '2001-01-01Z') as hour, sum(count)::float8 as attacks from slot_count
       where kind in ('attempt', 'blocked') and slot >= $1 and slot < $2
         and ($3::uuid is null or host_id = $3) and ($4::text is null or detector = $4)
       group by 1`,
      [
        new Date(runningMs - MAP_HOURS * HOUR_MS - state.weeks * WEEK_MS),
        new Date(runningMs),
        filter.host,
        filter.jail,
      ],
    );
    return new Map(rows.map((row) => [row.hour.getTime(), row.attacks]));
  });
  const bands = new Map<number, Band>();
  for (let hour = firstHourMs; hour <= runningMs; hour += HOUR_MS) {
    // The hours beside it count too: four numbers alone are luck.
    const samples = Array.from({ length: state.weeks }, (_, index) => hour - (index + 1) * WEEK_MS).flatMap(
      (at) =>
        [at - HOUR_MS, at, at + HOUR_MS]
          .filter((each) => each >= state.sinceMs)
          .map((each) => totals.get(each) ?? 0),
    );
    const band = bandOf(samples);
    if (band !== null) bands.set(hour, band);
  }
  return bands;
}

/** Which of the large cells are above what is usual there at that weekday and hour. */
async function excesses(
  pool: Connections["pool"],
  filter: MapFilter,
  state: UsualState,
  large: readonly { hourMs: number; place: string; attacks: number }[],
): Promise<{ hourMs: number; place: string; excess: Excess }[]> {
  if (state.kind === "learning" || large.length === 0) return [];
  const { rows } = await pool.query<{ hour: Date; place: string; samples: number[] }>(
    `select w.hour, w.place::text as place, array_agg(w.attacks) as samples from (
       select c.hour, c.place, k.week, coalesce(sum(s.attacks), 0)::float8 as attacks
       from unnest($1::timestamptz[], $2::bigint[]) as c(hour, place)
       join generate_series(1, $3::int) as k(week) on c.hour - k.week * interval '7 days' >= $6
       left join place_hour s on s.hour = c.hour - k.week * interval '7 days' and s.place_id = c.place
         and ($4::uuid is null or s.host_id = $4) and ($5::text is null or s.detector = $5)
       group by 1, 2, 3
     ) as w group by 1, 2`,
    [
      large.map((cell) => new Date(cell.hourMs)),
      large.map((cell) => cell.place),
      state.weeks,
      filter.host,
      filter.jail,
      new Date(state.sinceMs),
    ],
  );
  const medians = new Map(
    rows.map((row) => [`${row.hour.getTime()} ${row.place}`, bandOf(row.samples)?.median ?? 0]),
  );
  return large.flatMap(({ hourMs, place, attacks }) => {
    const excess = excessOf(attacks, medians.get(`${hourMs} ${place}`) ?? null);
    return excess === null ? [] : [{ hourMs, place, excess }];
  });
}
