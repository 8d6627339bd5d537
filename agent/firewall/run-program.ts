import { spawn } from "node:child_process";

export type ProgramResult = { exitCode: number; stdout: string; stderr: string };

/** A program that isn't there, didn't end in time, or said too much. */
export class ProgramError extends Error {
  readonly missing: boolean;

  constructor(message: string, options: { missing: boolean }) {
    super(message);
    this.name = "ProgramError";
    this.missing = options.missing;
  }
}

const OUTPUT_MAX_BYTES = 256 * 1024 * 1024;
/** Where the system keeps its programs: what is run as root is never looked for where somebody else could put it. */
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";

/** How programs of the host are run: here, or in a test in a network of its own. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options?: { input?: string; timeoutMs?: number },
) => Promise<ProgramResult>;

/** Runs a program by an argument list, never through a shell. Throws ProgramError when it could not be run at all. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string; timeoutMs?: number } = {},
): Promise<ProgramResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { NODE_ENV: "production", PATH, LANG: "C", LC_ALL: "C", TZ: process.env.TZ },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    const keep = (parts: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > OUTPUT_MAX_BYTES) child.kill("SIGKILL");
      else parts.push(chunk);
    };
    child.stdout?.on("data", keep(out));
    child.stderr?.on("data", keep(err));
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      const message = missing ? `${program} is not installed` : `${program} can't be run: ${error.message}`;
      reject(new ProgramError(message, { missing }));
    });
    child.on("close", (exitCode, signal) => {
      if (exitCode === null) {
        const why = bytes > OUTPUT_MAX_BYTES ? "said too much" : `did not end within ${timeoutMs / 1000} s`;
        reject(new ProgramError(`${program} ${why} (${signal ?? "killed"})`, { missing: false }));
        return;
      }
      const stdout = Buffer.concat(out).toString("utf8");
      resolve({ exitCode, stdout, stderr: Buffer.concat(err).toString("utf8") });
    });
    if (options.input !== undefined) {
      // A program that ends before it has read everything says why on its own.
      child.stdin?.on("error", () => {});
      child.stdin?.end(options.input);
    }
  });
}

/** What a program said about its failure, short enough to be shown. */
export function hostWords(result: ProgramResult): string {
  const said = result.stderr.trim() || result.stdout.trim();
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^\^+$/.test(line));
  return lines.length === 0 ? `it ended with ${result.exitCode}` : lines.join("; ").slice(0, 500);
}
