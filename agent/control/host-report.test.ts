import { expect, it } from "vitest";
import { observedSchema } from "../../lib/wire/wire.ts";
import { withinLimits } from "./host-report.ts";

const ban = (prefix: string) => ({ prefix, sinceMs: null, untilMs: null });
const accepted = (enforcers: unknown) =>
  observedSchema.safeParse({ version: 1, observedAtMs: 1, enforcers }).success;

it("tells all of an ordinary host", () => {
  const { enforcers, leftOut } = withinLimits(
    [{ jail: "sshd", bans: [ban("203.0.113.7")] }],
    [ban("203.0.113.8")],
  );
  expect(enforcers.map(({ enforcer, jail }) => `${enforcer} ${jail}`)).toEqual([
    "banwatch ",
    "fail2ban sshd",
  ]);
  expect(leftOut).toBeNull();
});

it("tells apart a fail2ban without jails from one that isn't there", () => {
  expect(withinLimits([], []).enforcers).toHaveLength(2);
  expect(withinLimits(null, []).enforcers).toHaveLength(1);
});

it("leaves out what the app would refuse all for, and says so", () => {
  const jails = Array.from({ length: 250 }, (_, index) => ({ jail: `jail-${index}`, bans: [] }));
  const { enforcers, leftOut } = withinLimits(
    [{ jail: "j".repeat(129), bans: [] }, ...jails],
    [ban("203.0.113.8")],
  );
  expect(accepted(enforcers)).toBe(true);
  expect(enforcers).toHaveLength(200);
  expect(enforcers[0]!.bans).toHaveLength(1);
  expect(leftOut).toContain("52 of 251 jails");
});
