import type { BanRow } from "../../lib/query/bans.ts";
import { clockMinute, shortDay, shortWeekday } from "../charts/format.ts";

/** `10 min`, `50 min`, `3 h`, `2 d`: the time that is left. */
export function left(durationMs: number): string {
  const minutes = Math.round(durationMs / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** When it ends, and how long that is from now: `04:02` and `50 min`, `Sat 02:10` and `23 h`, `27 Nov` and `7 d`. */
export function endOf(
  row: Pick<BanRow, "permanent" | "untilMs" | "hostCount">,
  nowMs: number,
): {
  at: string;
  left: string | null;
} {
  if (row.hostCount === 0) return { at: "Not blocked", left: null };
  if (row.permanent) return { at: "Permanent", left: null };
  if (row.untilMs === null) return { at: "Not known", left: null };
  return { at: near(row.untilMs, nowMs), left: left(row.untilMs - nowMs) };
}

/** `03:11` within the day, `Thu 03:11` within the week, `14 Nov` before. */
export function near(timeMs: number, nowMs: number): string {
  const days = Math.floor(timeMs / 86_400_000) - Math.floor(nowMs / 86_400_000);
  if (days === 0) return clockMinute(timeMs);
  if (Math.abs(days) < 7) return `${shortWeekday(timeMs)} ${clockMinute(timeMs)}`;
  return shortDay(timeMs).split(" ").slice(1).join(" ");
}
