/** Longer lines are cut here, counted as unreadable, and cost no more memory than this. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** Complete lines without their line breaks, and how many more there were that are too long to be read. */
export type Lines = { lines: string[]; tooLong: number };

/**
 * Cuts a stream of bytes into lines, a chunk's worth at a time. The last line counts also without a line break.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const piece of source) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    let tooLong = 0;
    if (skipping) {
      const end = chunk.indexOf(NEWLINE);
      if (end === -1) continue;
      skipping = false;
      start = end + 1;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < start) {
      rest = Buffer.concat([rest, chunk.subarray(start)]);
    } else {
      const whole = Buffer.concat([rest, chunk.subarray(start, last)]);
      rest = Buffer.from(chunk.subarray(last + 1));
      const lines = whole.toString("utf8").split("\n");
      yield withoutLongOnes(lines);
    }
    if (rest.length > MAX_LINE_BYTES) {
      tooLong += 1;
      rest = Buffer.alloc(0);
      skipping = true;
    }
    if (tooLong > 0) yield { lines: [], tooLong };
  }
  if (rest.length > 0) yield { lines: [rest.toString("utf8")], tooLong: 0 };
}

function withoutLongOnes(lines: string[]): Lines {
  const short = lines.every((line) => line.length <= MAX_LINE_BYTES)
    ? lines
    : lines.filter((line) => line.length <= MAX_LINE_BYTES);
  return { lines: short, tooLong: lines.length - short.length };
}
