import type { SecurityEvent } from "../../lib/event/event.ts";
import type { LineParser } from "../parse/parser.ts";
import { type Framed, LineFramer } from "./line-framer.ts";
import type { Deliver, Position, Tally } from "./source.ts";

/** Which file is being read; `offset` is added as reading goes on. */
export type FileIdentity = Omit<Position, "offset">;

/** From the bytes of one log, over all its files, to deliveries. */
export class LogReader {
  readonly #name: string;
  readonly #parser: LineParser;
  readonly #deliver: Deliver;
  #framer = new LineFramer();
  #startOffset = 0;
  #tally: Tally;
  #undelivered = 0;

  constructor(about: { name: string; parser: LineParser; deliver: Deliver; tally: Tally }) {
    this.#name = about.name;
    this.#parser = about.parser;
    this.#deliver = about.deliver;
    this.#tally = { ...about.tally };
  }

  /** Forgets a line that was begun: what comes next is another file, or another place in it. */
  startAt(offset: number): void {
    this.#framer = new LineFramer();
    this.#startOffset = offset;
  }

  /** The end of the last whole line. */
  get offset(): number {
    return this.#startOffset + this.#framer.taken;
  }

  get tally(): Tally {
    return this.#tally;
  }

  async push(chunk: Buffer, file: FileIdentity): Promise<void> {
    await this.#take(this.#framer.push(chunk), file);
  }

  /** The file ends here, and with it a line that has no break. */
  async finishFile(file: FileIdentity): Promise<void> {
    await this.#take(this.#framer.finish(), file);
    await this.flush(file);
  }

  /** A file that couldn't be read to its end: one more thing that is unreadable. */
  countUnreadable(): void {
    this.#tally.unreadable += 1;
    this.#undelivered += 1;
  }

  /** Remembers how far reading came, although there was no event. */
  async flush(file: FileIdentity): Promise<void> {
    if (this.#undelivered === 0) return;
    await this.#send([], file);
  }

  async #take(framed: Framed[], file: FileIdentity): Promise<void> {
    if (framed.length === 0) return;
    const events: SecurityEvent[] = [];
    for (const one of framed) {
      const event = this.#read(one);
      if (event !== null) events.push(event);
    }
    this.#undelivered += framed.length;
    // The position covers all of `framed`, so all of its events go into one delivery: a chunk bounds how many.
    if (events.length > 0) await this.#send(events, file);
  }

  #read(framed: Framed): SecurityEvent | null {
    const tally = this.#tally;
    tally.lines += 1;
    if (framed.kind === "too_long") {
      tally.unreadable += 1;
      return null;
    }
    const result = this.#parser.parse(framed.text);
    switch (result.kind) {
      case "event":
        tally.events += 1;
        tally.lastEventAtMs = Math.max(tally.lastEventAtMs ?? 0, result.event.timeMs);
        return result.event;
      case "ignored":
        tally.ignored += 1;
        return null;
      case "unreadable":
        tally.unreadable += 1;
        return null;
      default:
        return result satisfies never;
    }
  }

  async #send(events: SecurityEvent[], file: FileIdentity): Promise<void> {
    this.#undelivered = 0;
    const position = { ...file, offset: this.offset };
    await this.#deliver({ source: this.#name, events, state: { position, tally: { ...this.#tally } } });
  }
}
