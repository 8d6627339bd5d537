const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines longer than this are not read: nothing that we follow writes them. */
export const LINE_MAX_BYTES = 64 * 1024;

/** A line without its break, or one that was too long to keep. */
export type Framed = { kind: "line"; text: string } | { kind: "too_long" };

/** Cuts bytes into lines. It never holds more than one line of `LINE_MAX_BYTES`, whatever comes. */
export class LineFramer {
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #skipping = false;
  #taken = 0;

  /** How many bytes, of all that were pushed, the lines given out so far cover. */
  get taken(): number {
    return this.#taken;
  }

  /** The lines that `chunk` completes. The chunk may be used again by the caller afterwards. */
  push(chunk: Buffer): Framed[] {
    const framed: Framed[] = [];
    let start = 0;
    const firstBreak = chunk.indexOf(NEWLINE);
    if (firstBreak === -1) {
      this.#keep(chunk);
      return framed;
    }
    if (this.#partialBytes > 0) {
      this.#keep(chunk.subarray(0, firstBreak));
      this.#finishPartial(framed, 1);
      start = firstBreak + 1;
    }
    const lastBreak = chunk.lastIndexOf(NEWLINE);
    if (lastBreak >= start) {
      // One decoding for the whole chunk: a line break is never part of another character in UTF-8.
      for (const text of chunk.toString("utf8", start, lastBreak).split("\n")) {
        framed.push(text.length > LINE_MAX_BYTES ? { kind: "too_long" } : lineOf(text));
      }
      this.#taken += lastBreak + 1 - start;
      start = lastBreak + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return framed;
  }

  /** The last line, when the file doesn't end with a line break. */
  finish(): Framed[] {
    const framed: Framed[] = [];
    if (this.#partialBytes > 0) this.#finishPartial(framed, 0);
    return framed;
  }

  #keep(bytes: Buffer): void {
    this.#partialBytes += bytes.length;
    if (this.#skipping) return;
    if (this.#partialBytes > LINE_MAX_BYTES) {
      this.#skipping = true;
      this.#partial = [];
      return;
    }
    this.#partial.push(Buffer.from(bytes));
  }

  #finishPartial(framed: Framed[], breakBytes: number): void {
    framed.push(
      this.#skipping ? { kind: "too_long" } : lineOf(Buffer.concat(this.#partial).toString("utf8")),
    );
    this.#taken += this.#partialBytes + breakBytes;
    this.#partial = [];
    this.#partialBytes = 0;
    this.#skipping = false;
  }
}

function lineOf(text: string): Framed {
  const last = text.length - 1;
  return { kind: "line", text: text.charCodeAt(last) === CARRIAGE_RETURN ? text.slice(0, last) : text };
}
