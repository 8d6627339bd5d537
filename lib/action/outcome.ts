import { AppError } from "../error/app-error.ts";
import { parsePrefix, type Prefix } from "../event/address.ts";
import { cleanSentence } from "../event/clean-text.ts";

/** The action under which the work is shown; `note` is a sentence about what the person might not expect. */
export type Outcome = { actionId: string; note: string | null };

const REASON_MAX = 500;

/** Throws AppError `not_bannable` when the text is neither an address nor a prefix. */
export function readAddress(text: string): Prefix {
  const prefix = parsePrefix(text.trim());
  if (prefix !== null) return prefix;
  throw new AppError(
    "not_bannable",
    "This is neither an IPv4 nor an IPv6 address, nor a prefix like 203.0.113.0/24.",
  );
}

/** Null when nothing was written. */
export function readReason(reason: string | undefined): string | null {
  return cleanSentence(reason ?? "", REASON_MAX) || null;
}
