import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLineParser, type ParseResult } from "./parse-line.ts";

const LINES = join(import.meta.dirname, "fail2ban-lines");
const linesOf = (name: string) => readFileSync(join(LINES, name), "utf8").trimEnd().split("\n");

/** `time | kind | address | jail | reason`, `-` for a line that says nothing, `! reason` for one that is unreadable. */
function inShort(result: ParseResult): string {
  if (result.kind !== "event") return result.kind === "ignored" ? "-" : `! ${result.reason}`;
  const { timeMs, kind, sourceIp, userName, jail, reason } = result.event;
  const subject = sourceIp ?? (userName === undefined ? "-" : `user:${userName}`);
  const fields = [new Date(timeMs).toISOString(), kind, subject, jail ?? "-"];
  return [...fields, ...(reason === undefined ? [] : [reason])].join(" | ");
}

describe("the parser of fail2ban.log", () => {
  const parser = createLineParser({ timeZone: "Europe/Berlin" });
  const expected = linesOf("expected.txt");

  it.each(linesOf("lines.log").map((line, index) => [line, expected[index]!] as const))(
    "reads %j",
    (line, short) => {
      expect(inShort(parser.parse(line))).toBe(short);
    },
  );

  it.each(linesOf("must-not-match.log"))("takes no address from %j", (line) => {
    const result = createLineParser({ timeZone: "UTC" }).parse(line);
    expect(result.kind === "event" ? (result.event.sourceIp ?? null) : null).toBeNull();
  });

  it("calls lines unreadable until it has seen that the log is fail2ban's", () => {
    const fresh = createLineParser({ timeZone: "UTC" });
    expect(fresh.parse("Traceback (most recent call last):").kind).toBe("unreadable");
    fresh.parse("2022-06-07 08:09:10,111 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.66");
    expect(fresh.parse("Traceback (most recent call last):").kind).toBe("ignored");
    expect(fresh.parse("\u0000\u0001\ufffd").kind).toBe("unreadable");
  });

  it("reads the same stamp in another zone as another time", () => {
    const line = "2022-01-07 08:00:00,000 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.66";
    const at = (timeZone: string) => inShort(createLineParser({ timeZone }).parse(line)).slice(0, 24);
    expect(at("UTC")).toBe("2022-01-07T08:00:00.000Z");
    expect(at("America/New_York")).toBe("2022-01-07T13:00:00.000Z");
    expect(at("Asia/Kolkata")).toBe("2022-01-07T02:30:00.000Z");
    expect(at("Australia/Lord_Howe")).toBe("2022-01-06T21:00:00.000Z");
  });

  it("takes an hour that the clock skips with the offset from before", () => {
    const line = "2023-03-26 02:30:00,000 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.66";
    const result = createLineParser({ timeZone: "Europe/Berlin" }).parse(line);
    expect(inShort(result)).toContain("2023-03-26T01:30:00.000Z");
  });

  it("gives no event a time that can't be, whatever a clock said that had not been set", () => {
    const fresh = createLineParser({ timeZone: "Europe/Berlin" });
    const found = (stamp: string, happened: string) =>
      fresh.parse(`${stamp},123 fail2ban.filter         [812]: INFO    [sshd] Found 192.0.2.7 - ${happened}`);
    expect(found("1970-01-01 01:10:00", "1970-01-01 00:30:00").kind).toBe("unreadable");
    expect(found("1999-12-31 10:00:00", "1999-12-31 10:00:00").kind).toBe("unreadable");
    expect(found("9999-12-31 10:00:00", "9999-12-31 10:00:00").kind).toBe("unreadable");
    const stamp = "2022-01-07 08:00:00";
    expect(inShort(found(stamp, "1969-12-31 23:59:59"))).toContain("2022-01-07T07:00:00.123Z");
  });

  it("shows no control character and no mark that turns text around", () => {
    const line =
      "2022-06-07 08:09:10,111 fail2ban.actions        [1]: NOTICE  [a\u001b[31m] Ban b\u202ec\u0007\ud800";
    const result = parser.parse(line);
    expect(result).toMatchObject({ event: { jail: "a\ufffd[31m", userName: "b\ufffdc\ufffd\ufffd" } });
  });
});
