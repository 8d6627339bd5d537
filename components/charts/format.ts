/** How numbers and times are written. All times are UTC. */

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** `21,754` */
export function whole(value: number): string {
  return WHOLE.format(Math.round(value));
}

/** `22.1 %`; all of it `100 %`; under a tenth of a percent `< 0.1 %`. */
export function share(part: number, total: number): string {
  if (total <= 0) return "0 %";
  const percent = (part / total) * 100;
  if (part > 0 && percent < 0.05) return "< 0.1 %";
  if (percent >= 99.95) return "100 %";
  return `${percent.toFixed(1)} %`;
}

/** `1.6×` below ten, `15×` above. */
export function factor(value: number): string {
  return value < 9.95 ? `${value.toFixed(1)}×` : `${WHOLE.format(value)}×`;
}

/** `03:12:40` */
export function clockTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}

/** `03:12` */
export function clockMinute(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 16);
}

/** `Friday 20 November 2026` */
export function longDate(timeMs: number): string {
  return `${longDay(timeMs)} ${new Date(timeMs).getUTCFullYear()}`;
}

/** `Friday 20 November` */
export function longDay(timeMs: number): string {
  const date = new Date(timeMs);
  return `${DAYS[date.getUTCDay()] ?? ""} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
}

/** `Fri 20 Nov` */
export function shortDay(timeMs: number): string {
  const date = new Date(timeMs);
  return `${shortWeekday(timeMs)} ${date.getUTCDate()} ${(MONTHS[date.getUTCMonth()] ?? "").slice(0, 3)}`;
}

/** `Fri` */
export function shortWeekday(timeMs: number): string {
  return (DAYS[new Date(timeMs).getUTCDay()] ?? "").slice(0, 3);
}

/** `14 min`, `3 h`, `2 days`: how long something has lasted. */
export function span(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** `1 host`, `24 hosts` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
