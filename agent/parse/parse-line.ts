import { createFail2banParser } from "./fail2ban.ts";
import type { LineParser, ParseContext } from "./parser.ts";

export type { LineParser, ParseResult } from "./parser.ts";

/** The parser for a log whose format is known to us; today that is fail2ban.log alone. */
export function createLineParser(context: ParseContext = { timeZone: hostTimeZone() }): LineParser {
  return createFail2banParser(context);
}

/** The zone of this machine, or of `TZ` where it is set. */
export function hostTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
