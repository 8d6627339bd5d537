/*
 * Control characters (PostgreSQL refuses NUL), line and paragraph separators, what hides, and what turns the direction
 * of text around.
 */
const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- they are what must not reach a page, a terminal or the database
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * A name as somebody else wrote it, made safe to store and to show: at most `maxLength` long, and each harmful character
 * is a replacement character, as half a surrogate pair is: the database would make one of it, too.
 */
export function cleanText(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
  return cut.replace(HARMFUL, "\ufffd").toWellFormed();
}

const HARMFUL_RUN = new RegExp(`(?:${HARMFUL.source})+`, "g");

/** A sentence as somebody else wrote it: as `cleanText`, but what is harmful (a tab, the end of a line) is a space. */
export function cleanSentence(text: string, maxLength: number): string {
  return text.replace(HARMFUL_RUN, " ").trim().slice(0, maxLength).toWellFormed();
}
