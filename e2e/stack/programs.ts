import { type ChildProcess, execFile, spawn } from "node:child_process";

/** Runs a program to its end and answers what it printed. Rejects with its own words when it fails. */
export function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || stdout.trim() || error.message}`));
    });
  });
}

/** A program that keeps running, with all that it printed. */
export class LongRunning {
  readonly process: ChildProcess;
  #output = "";
  readonly #watchers = new Set<() => void>();
  readonly ended: Promise<void>;

  constructor(program: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        for (const watcher of this.#watchers) watcher();
      });
    }
    this.ended = new Promise((resolve) => this.process.once("exit", () => resolve()));
  }

  get output(): string {
    return this.#output;
  }

  /** The first match in what it has printed so far or prints later. Rejects with the output if it ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match === null) return;
        this.#watchers.delete(look);
        resolve(match);
      };
      this.#watchers.add(look);
      look();
      void this.ended.then(() => reject(new Error(`It ended without printing ${pattern}:\n${this.#output}`)));
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(signal);
    await this.ended;
  }
}
