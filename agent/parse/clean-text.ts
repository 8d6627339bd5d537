// Control characters, line and paragraph separators, and the marks that turn the direction of text around.
const HOSTILE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Text from a log, made safe to store and to show: no control or direction characters, at most `max` long. */
export function cleanText(text: string, max: number): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  return cut.replace(HOSTILE, "\ufffd").replace(LONE_SURROGATE, "\ufffd");
}

/** Whether text holds what no program writes into its log: the sign of a binary file or of wrong bytes. */
export function looksBinary(text: string): boolean {
  return BINARY.test(text);
}
const BINARY = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\ufffd]/;
