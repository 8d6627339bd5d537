import { createConnection } from "node:net";
import { decodePickle, encodeTexts, type Pickled, textOf } from "./pickle.ts";

const END = Buffer.from("<F2B_END_COMMAND>");
const CLOSE = Buffer.from("<F2B_CLOSE_COMMAND>");
const ANSWER_MAX_BYTES = 128 * 1024 * 1024;
/** For how long it may say nothing, and how long all of its answer may take. */
const SILENCE_MAX_MS = 10_000;
const ANSWER_MAX_MS = 30_000;

/** fail2ban answered, and its answer is no. */
export class Fail2banRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Fail2banRefusal";
  }
}

/**
 * Asks the running fail2ban, as `fail2ban-client` does (fail2ban/client/csocket.py), without starting a Python for
 * each question. Throws Fail2banRefusal, or the error of the socket: ENOENT and ECONNREFUSED mean that it isn't running.
 */
export async function askFail2ban(
  socketPath: string,
  command: readonly string[],
  patience: { silenceMs: number; answerMs: number } = { silenceMs: SILENCE_MAX_MS, answerMs: ANSWER_MAX_MS },
): Promise<Pickled> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const socket = createConnection(socketPath);
    const giveUp = () => socket.destroy(new Error("fail2ban does not answer"));
    socket.setTimeout(patience.silenceMs, giveUp);
    // One that trickles is never silent.
    const deadline = setTimeout(giveUp, patience.answerMs);
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(deadline);
      reject(new Error("fail2ban closed the connection without an answer"));
    });
    socket.on("connect", () => socket.write(Buffer.concat([encodeTexts(command), END])));
    socket.on("data", (chunk) => {
      parts.push(chunk);
      length += chunk.length;
      if (length > ANSWER_MAX_BYTES) {
        socket.destroy(new Error("fail2ban's answer is too long"));
        return;
      }
      if (!endsWith(parts, END)) return;
      socket.end(Buffer.concat([CLOSE, END]));
      resolve(Buffer.concat(parts, length).subarray(0, -END.length));
    });
  });
  return unwrap(decodePickle(bytes));
}

/** Answers are (0, data) or (1, exception). */
function unwrap(answer: Pickled): Pickled {
  if (!Array.isArray(answer) || answer.length !== 2) throw new Error("fail2ban's answer makes no sense");
  const [code, data] = answer;
  if (code === 0) return data ?? null;
  throw new Fail2banRefusal(wordsOf(data ?? null));
}

function wordsOf(data: Pickled): string {
  if (typeof data === "object" && data !== null && "raised" in data) {
    const args = Array.isArray(data.args) ? data.args.map(textOf).join(" ") : "";
    return `${data.raised.replace(/Exception$/, "")} ${args}`.trim().slice(0, 500);
  }
  return textOf(data).slice(0, 500);
}

function endsWith(parts: Buffer[], end: Buffer): boolean {
  const last = parts.at(-1)!;
  const tail = last.length >= end.length ? last : Buffer.concat(parts.slice(-end.length));
  return tail.subarray(-end.length).equals(end);
}
