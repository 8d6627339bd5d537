import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecurityEvent } from "../../lib/event/event.ts";
import { NEW_SOURCE, type SourceState } from "../source/source.ts";
import { Spool, type SpoolOptions } from "./spool.ts";

describe("the spool", () => {
  let directory: string;
  let warnings: string[];
  let open: Spool[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "spool-"));
    warnings = [];
    open = [];
  });
  afterEach(() => {
    for (const spool of open) spool.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function openSpool(options: Partial<SpoolOptions> = {}): Spool {
    const spool = new Spool(directory, { warn: (sentence) => warnings.push(sentence), ...options });
    open.push(spool);
    return spool;
  }

  /** As a process leaves it that is killed: nothing is closed or flushed. */
  function abandon(): void {
    open = [];
  }

  it("gives back what was appended, numbered from 1, until it is acknowledged", () => {
    const spool = openSpool();
    spool.append(delivery(1, 3));
    spool.append(delivery(4, 2));
    expect(numbers(spool.next())).toEqual({ first: 1, values: [1, 2, 3, 4, 5] });
    expect(numbers(spool.next())).toEqual({ first: 1, values: [1, 2, 3, 4, 5] });
    spool.acknowledge(5);
    expect(spool.next()).toBeNull();
    expect(spool.figures()).toMatchObject({ events: 0, lostEvents: 0 });
  });

  it("splits what is too much for one batch, within a record too", () => {
    const spool = openSpool();
    spool.append(delivery(1, 5));
    expect(numbers(spool.next(2))).toEqual({ first: 1, values: [1, 2] });
    spool.acknowledge(2);
    expect(numbers(spool.next(2))).toEqual({ first: 3, values: [3, 4] });
    spool.acknowledge(4);
    expect(numbers(spool.next(2))).toEqual({ first: 5, values: [5] });
  });

  it("goes on after it was killed, with events, numbers and positions", () => {
    const spool = openSpool();
    spool.append(delivery(1, 3));
    numbers(spool.next(2));
    spool.acknowledge(2);
    spool.append(delivery(4, 2));
    abandon();
    const again = openSpool();
    expect(numbers(again.next())).toEqual({ first: 3, values: [3, 4, 5] });
    expect(again.sourceState("log")?.position?.offset).toBe(6);
  });

  it("cuts off a record that was torn, and its position with it", () => {
    const spool = openSpool();
    spool.append(delivery(1, 1));
    spool.append(delivery(2, 1));
    abandon();
    const segment = join(
      directory,
      readdirSync(directory).find((name) => name.endsWith(".segment"))!,
    );
    truncateSync(segment, statSync(segment).size - 3);
    const again = openSpool();
    expect(numbers(again.next()).values).toEqual([1]);
    expect(again.sourceState("log")?.position?.offset).toBe(2);
    again.append(delivery(2, 1));
    expect(numbers(again.next()).values).toEqual([1, 2]);
  });

  it("cuts off what was written after the last sound record", () => {
    openSpool().append(delivery(1, 1));
    abandon();
    const segment = join(
      directory,
      readdirSync(directory).find((name) => name.endsWith(".segment"))!,
    );
    appendFileSync(segment, Buffer.alloc(100, 7));
    const again = openSpool();
    again.append(delivery(2, 1));
    abandon();
    expect(numbers(openSpool().next()).values).toEqual([1, 2]);
  });

  it("deletes what the app has, and keeps its place", () => {
    const spool = openSpool({ segmentBytes: 2_000, historyBytes: 0 });
    for (let value = 1; value <= 200; value += 1) {
      spool.append(delivery(value, 1));
      spool.next();
      spool.acknowledge(value);
    }
    expect(readdirSync(directory).length).toBeLessThan(5);
    abandon();
    const again = openSpool();
    expect(again.next()).toBeNull();
    expect(again.sourceState("log")?.position?.offset).toBe(201);
    again.append(delivery(201, 1));
    expect(numbers(again.next())).toEqual({ first: 201, values: [201] });
  });

  it("knows its sources after everything before was deleted", () => {
    const spool = openSpool({ segmentBytes: 1, historyBytes: 0 });
    spool.append({ ...delivery(1, 1), source: "other" });
    spool.append(delivery(2, 1));
    spool.append(delivery(3, 1));
    spool.next();
    spool.acknowledge(3);
    abandon();
    expect(openSpool().sourceState("other")?.position?.offset).toBe(2);
  });

  it("sends again what an app lost that was put back from a backup", () => {
    const spool = openSpool({ segmentBytes: 1_000 });
    for (let value = 1; value <= 20; value += 1) spool.append(delivery(value, 1));
    spool.next();
    spool.acknowledge(20);
    spool.rewind(12);
    expect(numbers(spool.next())).toEqual({ first: 13, values: [13, 14, 15, 16, 17, 18, 19, 20] });
    expect(warnings.join()).toContain("sent again");
  });

  it("says so when what the app lost is gone, and numbers what is left after the app's last", () => {
    const spool = openSpool({ segmentBytes: 300, historyBytes: 0 });
    for (let value = 1; value <= 20; value += 1) {
      spool.append(delivery(value, 1));
      spool.next();
      spool.acknowledge(value);
    }
    spool.append(delivery(21, 1));
    spool.rewind(3);
    const batch = numbers(spool.next());
    expect(batch.first).toBe(4);
    expect(batch.values.at(-1)).toBe(21);
    expect(spool.figures().lostEvents).toBe(21 - 3 - batch.values.length);
    expect(warnings.join()).toContain("missing from the app for good");
  });

  it("goes on after the app's number when its own state is an old copy", () => {
    const spool = openSpool();
    spool.append(delivery(1, 2));
    spool.next();
    spool.acknowledge(50);
    spool.append(delivery(3, 1));
    expect(numbers(spool.next())).toEqual({ first: 51, values: [3] });
    abandon();
    expect(numbers(openSpool().next())).toEqual({ first: 51, values: [3] });
  });

  it("keeps every count when it is full, gives up detail of the oldest, and leaves no gap", () => {
    const spool = openSpool({ limitBytes: 900_000, segmentBytes: 40_000, historyBytes: 0 });
    const total = 40_000;
    for (let value = 1; value <= total; value += 100) spool.append(delivery(value, 100, 3));
    const { bytes, lostEvents, events } = spool.figures();
    expect(bytes).toBeLessThan(950_000);
    expect(lostEvents).toBeGreaterThan(0);
    expect(events + lostEvents).toBe(total);
    expect(warnings.join()).toContain("lose their detail");
    abandon();
    const again = openSpool();
    let count = 0;
    let next = 1;
    for (let batch = again.next(); batch !== null; batch = again.next()) {
      expect(batch.firstSequence).toBe(next);
      next += batch.events.length;
      count += batch.events.reduce((sum, event) => sum + event.count, 0);
      again.acknowledge(next - 1);
    }
    expect(count).toBe(total);
    expect(again.figures().lostEvents).toBe(lostEvents);
  });

  it("never touches a batch that may have been sent", () => {
    const spool = openSpool({ limitBytes: 100_000, segmentBytes: 20_000, historyBytes: 0 });
    for (let value = 1; value <= 5_000; value += 100) spool.append(delivery(value, 100, 3));
    const sent = spool.next()!;
    for (let value = 5_001; value <= 20_000; value += 100) spool.append(delivery(value, 100, 3));
    expect(spool.next()).toEqual(sent);
  });
});

/** Events whose time tells them apart; `addresses` makes some of them alike. */
function delivery(
  first: number,
  count: number,
  addresses?: number,
): { source: string; events: SecurityEvent[]; state: SourceState } {
  const events = Array.from({ length: count }, (_, index): SecurityEvent => {
    const value = first + index;
    const sourceIp = `192.0.2.${addresses === undefined ? 1 : value % addresses}`;
    return { timeMs: value, kind: "attempt", source: "fail2ban", count: 1, sourceIp, jail: "sshd" };
  });
  const position = {
    device: 1,
    inode: 2,
    offset: first + count,
    fingerprint: { length: 0, hash: "" },
    modifiedMs: 0,
  };
  return { source: "log", events, state: { ...NEW_SOURCE, position } };
}

function numbers(batch: ReturnType<Spool["next"]>): { first: number; values: number[] } {
  return { first: batch!.firstSequence, values: batch!.events.map(({ timeMs }) => timeMs) };
}
