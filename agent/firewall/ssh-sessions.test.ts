import { expect, it } from "vitest";
import { portsOf, sessionsAmong, socketsIn } from "./ssh-sessions.ts";

const HEADER = "  sl  local_address rem_address   st\n";
const line = (local: string, remote: string, state: string, inode = 0) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1\n`;

it("reads who has a session of ssh open, and nobody else", () => {
  const table =
    HEADER +
    line("0A00000A:0016", "077100CB:D431", "01") +
    line("0A00000A:0016", "087100CB:D431", "06") +
    line("0A00000A:01BB", "097100CB:D431", "01");
  expect(sessionsAmong(socketsIn(table), new Set([22]))).toEqual(["203.0.113.7"]);
  const six = line("B80D0120000000000000000001000000:0016", "B80D0120000000000000000002000000:D431", "01");
  expect(sessionsAmong(socketsIn(HEADER + six), new Set([22]))).toEqual(["2001:db8::2"]);
});

it("knows the ports at which sshd listens, and the usual one when it sees none", () => {
  const sockets = socketsIn(
    HEADER +
      line("00000000:08AE", "00000000:0000", "0A", 41) +
      line("00000000:0050", "00000000:0000", "0A", 42) +
      line("0A00000A:08AE", "077100CB:D431", "01", 43),
  );
  expect(portsOf(sockets, new Set(["41", "43"]))).toEqual(new Set([22, 2222]));
  expect(portsOf(sockets, new Set())).toEqual(new Set([22]));
  expect(sessionsAmong(sockets, portsOf(sockets, new Set(["41"])))).toEqual(["203.0.113.7"]);
});
