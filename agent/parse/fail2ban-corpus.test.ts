import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createLineParser } from "./parse-line.ts";

/** Logs that real hosts wrote, with counts that were made another way. They are not ours to ship. */
const CORPUS = join(import.meta.dirname, "../../../shared/corpora/fail2banlog-real");
const countsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      lines: z.number(),
      counts: z.record(z.string(), z.number()),
      distinct_ips: z.number(),
      distinct_banned_ips: z.number(),
      jails: z.array(z.string()),
    }),
  ),
});

describe("fail2ban.log as real hosts wrote it", () => {
  if (!existsSync(CORPUS)) {
    it("is not here", () => {
      console.warn(`Skipped: ${CORPUS} is not there, so real logs were not tried.`);
      expect(process.env.CI).not.toBe("true");
    });
    return;
  }
  const files = readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const counts = join(CORPUS, entry.name, "expected-counts.json");
      if (!existsSync(counts)) return [];
      const parsed = countsSchema.parse(JSON.parse(readFileSync(counts, "utf8")));
      return Object.entries(parsed.files).map(
        ([file, expected]) => [join(entry.name, file), expected] as const,
      );
    });

  it("is there in several versions", () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
  });

  it.each(files)("counts %s as it was counted another way", (file, expected) => {
    const parser = createLineParser({ timeZone: "UTC" });
    const lines = readFileSync(join(CORPUS, file), "utf8").replace(/\n$/, "").split("\n");
    const results = lines.map((line) => parser.parse(line));
    const events = results.flatMap((result) => (result.kind === "event" ? [result.event] : []));
    const count = (kind: string, reason?: string) =>
      events.filter((event) => event.kind === kind && (reason === undefined || event.reason === reason))
        .length;
    expect(lines).toHaveLength(expected.lines);
    expect(results.filter(({ kind }) => kind === "unreadable")).toEqual([]);
    expect({
      Ban: count("ban"),
      Unban: count("unban"),
      Found: count("attempt"),
      flush: count("flush"),
      "jail started": count("lifecycle", "started"),
      "jail stopped": count("lifecycle", "stopped"),
    }).toEqual({
      Ban: expected.counts.Ban ?? 0,
      Unban: expected.counts.Unban ?? 0,
      Found: expected.counts.Found ?? 0,
      flush: expected.counts.flush ?? 0,
      "jail started": expected.counts["jail started"] ?? 0,
      "jail stopped": expected.counts["jail stopped"] ?? 0,
    });
    const distinct = (of: typeof events) => new Set(of.flatMap(({ sourceIp }) => sourceIp ?? [])).size;
    expect(distinct(events)).toBe(expected.distinct_ips);
    expect(distinct(events.filter(({ kind }) => kind === "ban"))).toBe(expected.distinct_banned_ips);
    const jails = new Set(
      events.flatMap(({ kind, jail }) => (kind === "ban" && jail !== undefined ? [jail] : [])),
    );
    expect([...jails].toSorted()).toEqual(expected.jails.toSorted());
  });
});
