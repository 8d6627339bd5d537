import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_LINE_BYTES, splitLines } from "./split-lines.ts";

async function split(pieces: Uint8Array[]): Promise<{ lines: string[]; tooLong: number }> {
  async function* source() {
    yield* pieces;
  }
  const all: { lines: string[]; tooLong: number } = { lines: [], tooLong: 0 };
  for await (const { lines, tooLong } of splitLines(source())) {
    all.lines.push(...lines);
    all.tooLong += tooLong;
  }
  return all;
}

test("wherever the pieces end, the lines are those of the whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", " "))),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      async (lines, endsWithBreak, sizes) => {
        const text = lines.join("\n") + (endsWithBreak ? "\n" : "");
        const bytes = Buffer.from(text);
        const pieces: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        const expected = text === "" ? [] : text.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect((await split(pieces)).lines).toEqual(expected);
      },
    ),
  );
});

test("a line that is too long is counted, and those around it are read", async () => {
  const long = "x".repeat(MAX_LINE_BYTES * 2 + 5);
  const bytes = Buffer.from(`before\n${long}\nafter\n${long}`);
  for (const size of [1_000, 60_000, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(await split(pieces)).toEqual({ lines: ["before", "after"], tooLong: 2 });
  }
});
