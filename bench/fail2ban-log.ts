import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createRandom, type Random } from "../lib/demo/random.ts";

const JAILS = ["sshd", "sshd", "sshd", "sshd", "sshd", "postfix-sasl", "nginx-bot-search", "recidive"];
const DAYS = 30;
const ADDRESSES = 60_000;
/** Attackers that are at it at the same time. */
const SESSIONS = 200;
const MAX_RETRY = 5;
const LINES_A_WRITE = 20_000;

/** One attacker at one jail: failures until it is banned, what it still tries, and the end of the ban. */
type Session = { address: string; jail: string; failures: number; state: "failing" | "banned" };

/**
 * Writes a log as a busy server's fail2ban would over a month. Attackers come back, a few of them far more often than
 * the rest; some give up before they are banned; one line in twenty says nothing.
 */
export async function writeFail2banLog(path: string, lines: number, startMs: number): Promise<void> {
  const random = createRandom(1);
  const sessions = Array.from({ length: SESSIONS }, () => createSession(random));
  const file = createWriteStream(path);
  const stepMs = (DAYS * 86_400_000) / lines;
  let text = "";
  for (let line = 1; line <= lines; line += 1) {
    text += nextLine(random, sessions, startMs + line * stepMs);
    if (line % LINES_A_WRITE !== 0 && line !== lines) continue;
    if (!file.write(text)) await new Promise<void>((resolve) => file.once("drain", () => resolve()));
    text = "";
  }
  file.end();
  await finished(file);
}

function nextLine(random: Random, sessions: Session[], timeMs: number): string {
  const time = new Date(timeMs).toISOString();
  const seconds = `${time.slice(0, 10)} ${time.slice(11, 19)}`;
  const stamp = `${seconds},${time.slice(20, 23)}`;
  if (random.chance(0.05)) {
    return `${stamp} fail2ban.filter         [812]: DEBUG   Processing line with time:${timeMs / 1000}\n`;
  }
  const at = random.below(sessions.length);
  const session = sessions[at]!;
  const { address, jail } = session;
  if (session.state === "failing" && session.failures < MAX_RETRY) {
    session.failures += 1;
    if (random.chance(0.05)) sessions[at] = createSession(random);
    return `${stamp} fail2ban.filter         [812]: INFO    [${jail}] Found ${address} - ${seconds}\n`;
  }
  if (session.state === "failing") {
    session.state = "banned";
    return `${stamp} fail2ban.actions        [812]: NOTICE  [${jail}] Ban ${address}\n`;
  }
  if (random.chance(0.3)) {
    return `${stamp} fail2ban.actions        [812]: WARNING [${jail}] ${address} already banned\n`;
  }
  sessions[at] = createSession(random);
  return `${stamp} fail2ban.actions        [812]: NOTICE  [${jail}] Unban ${address}\n`;
}

function createSession(random: Random): Session {
  const address = addressOf(Math.floor(ADDRESSES * random.next() ** 3));
  return { address, jail: JAILS[random.below(JAILS.length)]!, failures: 0, state: "failing" };
}

/** Spread over the address space, the same for the same rank, and none of it private. */
function addressOf(rank: number): string {
  const mixed = Math.imul(rank + 1, 0x9e3779b1) >>> 0;
  const first = 11 + (mixed % 115);
  return `${first}.${(mixed >>> 8) & 255}.${(mixed >>> 16) & 255}.${1 + ((mixed >>> 24) % 254)}`;
}
