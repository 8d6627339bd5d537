import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLineParser } from "../parse/parse-line.ts";
import { FileSource } from "./file-source.ts";
import { LINE_MAX_BYTES, LineFramer } from "./line-framer.ts";
import { type Delivery, NEW_SOURCE, type SourceState } from "./source.ts";

describe("a log file that is followed", () => {
  let directory: string;
  let path: string;
  let seen: string[];
  let state: SourceState;
  let stop: AbortController;
  let running: Promise<void> | null;
  let source: FileSource;
  let wake: (() => void) | null;
  let held: Promise<void>;
  let waiting: boolean;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "source-"));
    path = join(directory, "fail2ban.log");
    seen = [];
    state = NEW_SOURCE;
    running = null;
    wake = null;
    held = Promise.resolve();
  });
  afterEach(async () => {
    await end();
    rmSync(directory, { recursive: true, force: true });
  });

  function create(): FileSource {
    stop = new AbortController();
    const parser = createLineParser({ timeZone: "UTC" });
    const deliver = async (delivery: Delivery) => {
      waiting = true;
      await held;
      seen.push(...delivery.events.map(({ sourceIp }) => sourceIp!));
      state = structuredClone(delivery.state);
      wake?.();
    };
    source = new FileSource({ path, saved: state, parser, deliver });
    return source;
  }
  function follow(): void {
    running = create().run(stop.signal, { once: false });
  }
  /** Deliveries wait, as they do for room on the disk, until the returned function is called. */
  function hold(): () => void {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    waiting = false;
    return release;
  }
  async function waits(): Promise<void> {
    while (!waiting) await new Promise((resolve) => setImmediate(resolve));
  }
  async function end(): Promise<void> {
    stop?.abort();
    await running;
    running = null;
  }
  async function readOnce(): Promise<void> {
    await create().run(new AbortController().signal, { once: true });
  }
  async function sees(...addresses: string[]): Promise<void> {
    const deadline = Date.now() + 4_000;
    while (seen.length < addresses.length && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    expect(seen).toEqual(addresses);
  }

  it("is read from its start, then as it grows, half a line at a time", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    const line = ban("192.0.2.2");
    appendFileSync(path, line.slice(0, 30));
    appendFileSync(path, line.slice(30));
    await sees("192.0.2.1", "192.0.2.2");
  });

  it("is read with its rotated files, oldest first, whatever they are called", async () => {
    writeFileSync(`${path}.10.gz`, gzipSync(ban("192.0.2.1")));
    writeFileSync(`${path}.2.gz`, Buffer.concat([gzipSync(ban("192.0.2.2")), gzipSync(ban("192.0.2.3"))]));
    writeFileSync(`${path}.1`, ban("192.0.2.4"));
    writeFileSync(`${path}.bak`, ban("192.0.2.99"));
    writeFileSync(path, ban("192.0.2.5"));
    await readOnce();
    expect(seen).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"]);
  });

  it("is read with files that were rotated by date", async () => {
    writeFileSync(`${path}-20261108`, ban("192.0.2.2"));
    writeFileSync(`${path}-20261101.gz`, gzipSync(ban("192.0.2.1")));
    writeFileSync(path, ban("192.0.2.3"));
    await readOnce();
    expect(seen).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });

  it("goes on where it stopped", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    await end();
    appendFileSync(path, ban("192.0.2.2"));
    follow();
    await sees("192.0.2.1", "192.0.2.2");
  });

  it("is read to its end after it was renamed, also what is written late, then the new one", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "");
    appendFileSync(`${path}.1`, ban("192.0.2.2"));
    await sees("192.0.2.1", "192.0.2.2");
    appendFileSync(path, ban("192.0.2.3"));
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3");
  });

  it("goes on after two rotations that it missed, one of them compressed", async () => {
    const first = ban("192.0.2.1");
    writeFileSync(path, first);
    follow();
    await sees("192.0.2.1");
    await end();
    writeFileSync(`${path}.2.gz`, gzipSync(first + ban("192.0.2.2")));
    writeFileSync(`${path}.1`, ban("192.0.2.3"));
    rmSync(path);
    writeFileSync(path, ban("192.0.2.4"));
    follow();
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
  });

  it("misses no file when two rotations pass while it follows", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    renameSync(path, `${path}.2`);
    writeFileSync(`${path}.1`, ban("192.0.2.2"));
    writeFileSync(path, ban("192.0.2.3"));
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3");
  });

  it("misses nothing of two rotations that pass while what was read waits for room", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    const release = hold();
    appendFileSync(path, ban("192.0.2.2"));
    await waits();
    appendFileSync(path, ban("192.0.2.3"));
    renameSync(path, `${path}.2`);
    writeFileSync(`${path}.1`, ban("192.0.2.4"));
    writeFileSync(path, ban("192.0.2.5"));
    release();
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5");
  });

  it("misses nothing when the file that it reads was deleted, and another one rotated since", async () => {
    writeFileSync(`${path}.2`, ban("192.0.2.99"));
    utimesSync(`${path}.2`, 1, 1);
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.99", "192.0.2.1");
    const release = hold();
    appendFileSync(path, ban("192.0.2.2"));
    await waits();
    rmSync(path);
    writeFileSync(`${path}.1`, ban("192.0.2.3"));
    // The clock of a file system may stand still for milliseconds.
    const laterSeconds = Date.now() / 1000 + 1;
    utimesSync(`${path}.1`, laterSeconds, laterSeconds);
    writeFileSync(path, ban("192.0.2.4"));
    release();
    await sees("192.0.2.99", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
  });

  it("misses nothing when it was copied and truncated twice while what was read waits", async () => {
    writeFileSync(path, ban("192.0.2.1"));
    follow();
    await sees("192.0.2.1");
    const release = hold();
    appendFileSync(path, ban("192.0.2.2"));
    await waits();
    appendFileSync(path, ban("192.0.2.3"));
    copyFileSync(path, `${path}.2`);
    truncateSync(path, 0);
    appendFileSync(path, ban("192.0.2.4"));
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    appendFileSync(path, ban("192.0.2.5"));
    release();
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5");
  });

  it("knows its place by what the file begins with, for another may have got its number", async () => {
    const first = ban("192.0.2.1") + ban("192.0.2.2");
    writeFileSync(path, first);
    await readOnce();
    renameSync(path, `${path}.2`);
    appendFileSync(`${path}.2`, ban("192.0.2.3"));
    writeFileSync(`${path}.1`, ban("192.0.2.4") + ban("192.0.2.5") + ban("192.0.2.6"));
    writeFileSync(path, ban("192.0.2.7"));
    state = { ...state, position: { ...state.position!, inode: statSync(`${path}.1`).ino } };
    await readOnce();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7].map((last) => `192.0.2.${last}`));
  });

  it("starts again when it was truncated, and finds in the copy what it hadn't read", async () => {
    writeFileSync(path, ban("192.0.2.1") + ban("192.0.2.2"));
    follow();
    await sees("192.0.2.1", "192.0.2.2");
    await end();
    appendFileSync(path, ban("192.0.2.3"));
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    appendFileSync(path, ban("192.0.2.4"));
    follow();
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    appendFileSync(path, ban("192.0.2.5", "11"));
    await sees("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5");
  });

  it("may be missing at first, vanish, and return", async () => {
    await readOnce();
    expect(source.health().state).toBe("missing");
    follow();
    writeFileSync(path, ban("192.0.2.1"));
    await sees("192.0.2.1");
    rmSync(path);
    writeFileSync(path, ban("192.0.2.2"));
    await sees("192.0.2.1", "192.0.2.2");
  });

  it("counts what it can't read, and loses nothing that follows", async () => {
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from(ban("192.0.2.1")),
        Buffer.alloc(1_000_000, "x"),
        Buffer.from(`\n${ban("192.0.2.2")}`),
        Buffer.from([0, 255, 254, 10, 1, 2, 3, 10]),
        Buffer.from(ban("192.0.2.3")),
      ]),
    );
    await readOnce();
    expect(seen).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    expect(source.tally()).toMatchObject({ lines: 6, events: 3, ignored: 0, unreadable: 3 });
  });

  it("counts a broken archive and reads on", async () => {
    writeFileSync(`${path}.2.gz`, "not compressed at all");
    writeFileSync(`${path}.1`, ban("192.0.2.1"));
    writeFileSync(path, ban("192.0.2.2").trimEnd());
    await readOnce();
    expect(seen).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(source.tally().unreadable).toBe(1);
  });
});

describe("the framer", () => {
  it("makes the same lines of bytes however they are cut", () => {
    const text = `a\n\nbä\r\n${"y".repeat(LINE_MAX_BYTES + 1)}\nlast`;
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, 1000, bytes.length]) {
      const framer = new LineFramer();
      const framed = [];
      for (let at = 0; at < bytes.length; at += size)
        framed.push(...framer.push(bytes.subarray(at, at + size)));
      framed.push(...framer.finish());
      expect(framed).toEqual([
        { kind: "line", text: "a" },
        { kind: "line", text: "" },
        { kind: "line", text: "bä" },
        { kind: "too_long" },
        { kind: "line", text: "last" },
      ]);
      expect(framer.taken).toBe(bytes.length);
    }
  });
});

function ban(address: string, hour = "10"): string {
  return `2026-11-20 ${hour}:00:00,000 fail2ban.actions        [812]: NOTICE  [sshd] Ban ${address}\n`;
}
