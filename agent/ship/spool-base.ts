import { closeSync, fdatasyncSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import * as z from "zod";
import { openOwnFile, writeFully } from "../own-file.ts";

const SLOT_BYTES = 512;

const baseSchema = z.object({
  turn: z.number(),
  /** The first segment that counts, and the sequence number of its first event. */
  segment: z.number(),
  firstSequence: z.number(),
  /** The last event that the app has stored for good. */
  acknowledged: z.number(),
  /** Events of which only the count was kept, or nothing. */
  lostEvents: z.number(),
});
export type SpoolBase = Omit<z.infer<typeof baseSchema>, "turn">;

/**
 * Where the spool begins. Two slots are written in turn, in place: a torn write leaves the other one, and no write
 * needs new space on a disk that is full.
 */
export class SpoolBaseFile {
  readonly #fd: number;
  #turn = 0;

  constructor(path: string) {
    this.#fd = openOwnFile(path, "create");
  }

  read(): SpoolBase | null {
    let newest: z.infer<typeof baseSchema> | null = null;
    for (const slot of [0, 1]) {
      const bytes = Buffer.alloc(SLOT_BYTES);
      readSync(this.#fd, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
      const base = decodeSlot(bytes);
      if (base !== null && (newest === null || base.turn > newest.turn)) newest = base;
    }
    this.#turn = newest?.turn ?? 0;
    return newest;
  }

  write(base: SpoolBase, options: { durable: boolean }): void {
    this.#turn += 1;
    const bytes = Buffer.alloc(SLOT_BYTES, " ");
    bytes.write(JSON.stringify({ ...base, turn: this.#turn }), 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
    writeFully(this.#fd, bytes, (this.#turn % 2) * SLOT_BYTES);
    if (options.durable) fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function decodeSlot(bytes: Buffer): z.infer<typeof baseSchema> | null {
  if (crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return null;
  try {
    return baseSchema.parse(JSON.parse(bytes.toString("utf8", 4).trim()));
  } catch {
    return null;
  }
}
