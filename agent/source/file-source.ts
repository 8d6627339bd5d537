import { type FileHandle, open, stat } from "node:fs/promises";
import type { LineParser } from "../parse/parser.ts";
import { ChangeWatch } from "./change-watch.ts";
import {
  type Fingerprint,
  FINGERPRINT_BYTES,
  fingerprintMatches,
  fingerprintOf,
  readFirstBytes,
} from "./fingerprint.ts";
import { type FileIdentity, LogReader } from "./log-reader.ts";
import { firstBytesOf, readRotated, rotatedFiles, type RotatedFile } from "./rotated-files.ts";
import type { Deliver, Position, Source, SourceHealth, SourceState, Tally } from "./source.ts";

const CHUNK_BYTES = 128 * 1024;
const NO_FINGERPRINT: Fingerprint = { length: 0, hash: "" };

type OpenFile = { handle: FileHandle; device: number; inode: number; fingerprint: Fingerprint };

/**
 * A log file that is followed by its path: through rotation by renaming (the old file is read to its end first),
 * through copytruncate, through its absence. Where nothing was read before, rotated files come first, oldest first.
 */
export class FileSource implements Source {
  readonly name: string;
  readonly #deliver: Deliver;
  readonly #reader: LogReader;
  readonly #saved: Position | null;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #file: OpenFile | null = null;
  #health: SourceHealth = { state: "missing", reason: "not opened yet" };
  #stop: AbortSignal = AbortSignal.abort();
  #modifiedMs = 0;
  /** Called when the log is there, or gone. */
  onHealth: () => void = () => {};

  constructor(about: { path: string; saved: SourceState; parser: LineParser; deliver: Deliver }) {
    this.name = about.path;
    this.#saved = about.saved.position;
    this.#deliver = about.deliver;
    this.#reader = new LogReader({
      name: about.path,
      parser: about.parser,
      deliver: this.#deliver,
      tally: about.saved.tally,
    });
  }

  #setHealth(health: SourceHealth): void {
    const changed = health.state !== this.#health.state;
    this.#health = health;
    if (changed) this.onHealth();
  }

  health(): SourceHealth {
    return this.#health;
  }

  tally(): Tally {
    return this.#reader.tally;
  }

  async run(stop: AbortSignal, options: { once: boolean }): Promise<void> {
    this.#stop = stop;
    const changes = options.once ? null : new ChangeWatch(this.name);
    try {
      await this.#catchUp();
      for (;;) {
        await this.#readLive();
        if (options.once || stop.aborted) break;
        await changes?.wait(stop);
      }
      if (this.#file !== null) {
        if (options.once) await this.#reader.finishFile(this.#identity(this.#file));
        else await this.#reader.flush(this.#identity(this.#file));
      }
    } finally {
      changes?.close();
      await this.#file?.handle.close();
      this.#file = null;
    }
  }

  /** Reads what was written while nobody looked, up to the file that is live now. */
  async #catchUp(): Promise<void> {
    const saved = this.#saved;
    // Before the rotated ones are listed: what is rotated from now on is in our hands, and none falls in between.
    const live = await this.#openLive();
    if (saved !== null && live !== null && (await isSavedFile(live, saved))) {
      this.#follow(live, saved.offset);
      return;
    }
    const rotated = await this.#rotatedBefore(live);
    const at = saved === null ? -1 : await this.#indexOfSaved(rotated, saved);
    for (const [index, file] of rotated.entries()) {
      if (saved !== null && index === at) await this.#readRotatedFile(file, saved.offset);
      // Not found: it has been deleted, or was empty when it was last seen. What is newer was not read either.
      else if (saved === null || (at === -1 ? file.modifiedMs > saved.modifiedMs : index > at))
        await this.#readRotatedFile(file, 0);
    }
    await this.#goOver(live);
  }

  /** Follows the live file from its start, once all before it is read; else it is for the next time. */
  async #goOver(live: OpenFile | null): Promise<void> {
    if (live === null) return;
    if (this.#stop.aborted) await live.handle.close();
    else this.#follow(live, 0);
  }

  /** The rotated files, oldest first, up to the live one, should it have become one of them already. */
  async #rotatedBefore(live: OpenFile | null): Promise<RotatedFile[]> {
    const before: RotatedFile[] = [];
    for (const file of await rotatedFiles(this.name)) {
      const about = await stat(file.path).catch(() => null);
      if (live !== null && about?.ino === live.inode && about.dev === live.device) break;
      before.push(file);
    }
    return before;
  }

  /**
   * Where the file that was read last is among the rotated ones, newest first; -1 when it isn't. Its number alone says
   * nothing: a file system gives the number of a deleted file to the next one.
   */
  async #indexOfSaved(rotated: RotatedFile[], saved: Position): Promise<number> {
    for (let index = rotated.length - 1; index >= 0; index -= 1) {
      const file = rotated[index]!;
      if (fingerprintMatches(saved.fingerprint, await firstBytesOf(file))) return index;
      if (saved.fingerprint.length > 0) continue;
      const about = await stat(file.path).catch(() => null);
      if (about?.ino === saved.inode && about.dev === saved.device && about.size >= saved.offset)
        return index;
    }
    return -1;
  }

  async #readRotatedFile(file: RotatedFile, offset: number): Promise<void> {
    const about = await stat(file.path).catch(() => null);
    if (about === null || this.#stop.aborted) return;
    const fingerprint = fingerprintOf(await firstBytesOf(file));
    const identity = { device: about.dev, inode: about.ino, fingerprint, modifiedMs: about.mtimeMs };
    this.#reader.startAt(offset);
    let toSkip = offset;
    try {
      for await (const chunk of readRotated(file, this.#stop)) {
        const from = Math.min(toSkip, chunk.length);
        toSkip -= from;
        if (from < chunk.length) await this.#reader.push(chunk.subarray(from), identity);
        if (this.#stop.aborted) return;
      }
    } catch (error) {
      if (this.#stop.aborted) return;
      if (!isReadError(error)) throw error;
      this.#reader.countUnreadable();
    }
    if (!this.#stop.aborted) await this.#reader.finishFile(identity);
  }

  /** Reads all there is now, and goes over to the next file when this one is done. */
  async #readLive(): Promise<void> {
    for (;;) {
      if (this.#stop.aborted) return;
      if (this.#file === null) {
        const live = await this.#openLive();
        if (live === null) return;
        this.#follow(live, 0);
      }
      const file = this.#file;
      if (file === null) return;
      await this.#restartIfTruncated(file);
      if (this.#stop.aborted) return;
      // Before it is read to its end: a writer that has gone over to the new file writes no more to this one.
      const replaced = await this.#isReplaced(file);
      if ((await this.#readToEnd(file)) === "truncated") continue;
      if (!replaced || this.#stop.aborted) return;
      await this.#reader.finishFile(this.#identity(file));
      await this.#goOnAfter(file);
      await file.handle.close();
    }
  }

  /** Goes over to the live file, through those that took its place and were rotated before we looked. */
  async #goOnAfter(file: OpenFile): Promise<void> {
    const position = { ...this.#identity(file), offset: this.#readOffset };
    this.#file = null;
    const live = await this.#openLive();
    const rotated = await this.#rotatedBefore(live);
    const at = await this.#indexOfSaved(rotated, position);
    // Not found: it has been deleted, or has a name that no rotation gives. What came after it was written later.
    const { mtimeMs } = await file.handle.stat();
    const missed = rotated.filter((other, index) => (at === -1 ? other.modifiedMs > mtimeMs : index > at));
    for (const other of missed) await this.#readRotatedFile(other, 0);
    await this.#goOver(live);
  }

  #follow(file: OpenFile, offset: number): void {
    this.#file = file;
    this.#reader.startAt(offset);
    this.#readOffset = offset;
    this.#setHealth({ state: "following" });
  }
  #readOffset = 0;

  async #openLive(): Promise<OpenFile | null> {
    try {
      const handle = await open(this.name, "r");
      const about = await handle.stat();
      if (!about.isFile()) {
        await handle.close();
        this.#setHealth({ state: "unreadable", reason: "it is not a file" });
        return null;
      }
      this.#setHealth({ state: "following" });
      return { handle, device: about.dev, inode: about.ino, fingerprint: NO_FINGERPRINT };
    } catch (error) {
      const code = isReadError(error) ? error.code : undefined;
      if (code === undefined) throw error;
      const reason = error instanceof Error ? error.message.slice(0, 256) : code;
      this.#setHealth({ state: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable", reason });
      return null;
    }
  }

  /** copytruncate: the same file begins again. What it held and we didn't read is in its copy. */
  async #restartIfTruncated(file: OpenFile): Promise<void> {
    const { size } = await file.handle.stat();
    const known = file.fingerprint;
    const firstBytes = known.length > 0 ? await readFirstBytes(file.handle) : Buffer.alloc(0);
    const sameStart = known.length === 0 || fingerprintMatches(known, firstBytes);
    if (size >= this.#readOffset && sameStart) return;
    await this.#readCopies(known, this.#reader.offset);
    if (this.#stop.aborted) {
      // The place that was reached is in a copy; the live file must not take its place in what is remembered.
      this.#file = null;
      await file.handle.close();
      return;
    }
    file.fingerprint = NO_FINGERPRINT;
    this.#reader.startAt(0);
    this.#readOffset = 0;
  }

  /** Reads on in the copy of what was truncated, and what was copied and truncated after it. */
  async #readCopies(known: Fingerprint, offset: number): Promise<void> {
    if (known.length === 0) return;
    const copies = await rotatedFiles(this.name);
    let at = copies.length - 1;
    while (at >= 0 && !fingerprintMatches(known, await firstBytesOf(copies[at]!))) at -= 1;
    if (at === -1) return;
    await this.#readRotatedFile(copies[at]!, offset);
    for (const newer of copies.slice(at + 1)) await this.#readRotatedFile(newer, 0);
  }

  /** Whether the path is another file now, and that one is written to. An empty one may still wait for its writer. */
  async #isReplaced(file: OpenFile): Promise<boolean> {
    const now = await stat(this.name).catch(() => null);
    if (now === null) {
      this.#setHealth({ state: "missing", reason: "the file is gone; it is followed again when it is back" });
      return false;
    }
    this.#setHealth({ state: "following" });
    return (now.ino !== file.inode || now.dev !== file.device) && now.size > 0;
  }

  async #readToEnd(file: OpenFile): Promise<"end" | "truncated"> {
    for (;;) {
      if (file.fingerprint.length < FINGERPRINT_BYTES) {
        const firstBytes = await readFirstBytes(file.handle);
        const known = file.fingerprint;
        // Truncated just now: another file's first bytes must not become this one's.
        if (known.length > 0 && !fingerprintMatches(known, firstBytes)) return "truncated";
        file.fingerprint = fingerprintOf(firstBytes);
      }
      const { bytesRead } = await file.handle.read(this.#chunk, 0, CHUNK_BYTES, this.#readOffset);
      if (bytesRead === 0) return "end";
      this.#readOffset += bytesRead;
      this.#modifiedMs = (await file.handle.stat()).mtimeMs;
      await this.#reader.push(this.#chunk.subarray(0, bytesRead), this.#identity(file));
      if (this.#stop.aborted) return "end";
    }
  }

  #identity(file: OpenFile): FileIdentity {
    const { device, inode, fingerprint } = file;
    return { device, inode, fingerprint, modifiedMs: this.#modifiedMs };
  }
}

/** Whether the file is the one that was read up to that position, and has only grown since. */
async function isSavedFile(live: OpenFile, saved: Position): Promise<boolean> {
  const { size } = await live.handle.stat();
  const firstBytes = await readFirstBytes(live.handle);
  const sameStart = saved.fingerprint.length === 0 || fingerprintMatches(saved.fingerprint, firstBytes);
  const sameFile = live.inode === saved.inode && live.device === saved.device;
  return sameFile && sameStart && size >= saved.offset;
}

function isReadError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
