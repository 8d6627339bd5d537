import * as z from "zod";

const MINUTE_MS = 60_000;
export const SLOT_MS = 10 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

export const RANGE_MS = {
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "7d": WEEK_MS,
  "30d": 30 * DAY_MS,
};
export type RangeName = keyof typeof RANGE_MS;

/** What the person narrowed the page down to; null: not at all. */
export type AttackFilter = {
  range: RangeName;
  /** The start of one selected hour, UTC: lists and map show it alone. */
  hourMs: number | null;
  /** A host's id. */
  host: string | null;
  /** fail2ban's jail, or the source's name. */
  jail: string | null;
  /** ISO 3166-1 alpha-2; `ZZ` unknown. */
  country: string | null;
};

const filterSchema = z.object({
  range: z.enum(["1h", "6h", "24h", "7d", "30d"]).catch("24h"),
  hour: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}$/)
    .transform((text) => Date.parse(`${text}:00:00Z`))
    .pipe(z.number())
    .nullable()
    .catch(null),
  host: z.uuid().nullable().catch(null),
  jail: z.string().min(1).max(128).nullable().catch(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .catch(null),
});

/** What a page's URL says; what can't be understood counts as not said. */
export function readAttackFilter(parameters: URLSearchParams): AttackFilter {
  const { hour, ...rest } = filterSchema.parse({
    range: parameters.get("range"),
    hour: parameters.get("hour"),
    host: parameters.get("host"),
    jail: parameters.get("jail"),
    country: parameters.get("country"),
  });
  return { ...rest, hourMs: hour };
}

/**
 * A stretch of time as the hourly sums can tell it: whole hours, of which the first and the last may count in part,
 * as if what happened in them had happened evenly.
 */
export type HourWindow = {
  startMs: number;
  endMs: number;
  firstHourMs: number;
  lastHourMs: number;
  /** 0 < weight ≤ 1. */
  firstWeight: number;
  lastWeight: number;
};

export function hourWindow(startMs: number, endMs: number): HourWindow {
  const firstHourMs = startMs - (startMs % HOUR_MS);
  const lastHourMs = endMs - 1 - ((endMs - 1) % HOUR_MS);
  return {
    startMs,
    endMs,
    firstHourMs,
    lastHourMs,
    firstWeight: 1 - (startMs - firstHourMs) / HOUR_MS,
    lastWeight: (endMs - lastHourMs) / HOUR_MS,
  };
}

/** What lists and map show: the selected hour, or the range that ends now. Of the running hour, all that is there. */
export function shownWindow(filter: AttackFilter, nowMs: number): HourWindow {
  if (filter.hourMs !== null) return hourWindow(filter.hourMs, filter.hourMs + HOUR_MS);
  return { ...hourWindow(nowMs - RANGE_MS[filter.range], nowMs), lastWeight: 1 };
}
