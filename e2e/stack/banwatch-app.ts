import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Namespace } from "./namespace.ts";
import type { LongRunning } from "./programs.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** The built app, started as its users start it. */
export class BanwatchApp {
  readonly #namespace: Namespace;
  readonly dataDir: string;
  readonly port: number;
  #process: LongRunning | null = null;

  constructor(namespace: Namespace, dataDir: string, port = 3000) {
    this.#namespace = namespace;
    this.dataDir = dataDir;
    this.port = port;
  }

  /** Answers the one-time link's token, when there is no admin yet. */
  async start(command = "start"): Promise<string | null> {
    this.#process = this.#namespace.start(
      process.execPath,
      [resolve(PROJECT, "cli/main.ts"), command],
      this.#environment(),
    );
    await this.#process.printed(/Banwatch is running at .*\nIts data is in .*\n/);
    await this.#process.printed(/setup\?token=|Sign in/);
    return /setup\?token=(\S+)/.exec(this.#process.output)?.[1] ?? null;
  }

  /** The process of its own database. */
  get databasePid(): number {
    const file = join(this.dataDir, "postgres/postmaster.pid");
    return Number(readFileSync(file, "utf8").split("\n")[0]);
  }

  /** Runs `banwatch …` beside it, on the same data, and answers what it printed. */
  command(input: string, ...args: string[]): Promise<string> {
    const [enter, ...rest] = this.#namespace.enter;
    const program = [...rest, process.execPath, resolve(PROJECT, "cli/main.ts"), ...args];
    return new Promise((done, reject) => {
      const child = execFile(enter, program, { env: this.#environment() }, (error, stdout, stderr) => {
        if (error === null) done(stdout);
        else reject(new Error(`banwatch ${args.join(" ")}: ${stderr.trim()}`, { cause: error }));
      });
      child.stdin?.end(input);
    });
  }

  #environment(): NodeJS.ProcessEnv {
    const { CI: _, ...environment } = process.env;
    return { ...environment, PORT: String(this.port), BANWATCH_DATA_DIR: this.dataDir };
  }

  get output(): string {
    return this.#process?.output ?? "";
  }

  /** Null while it runs. */
  get exitCode(): number | null {
    return this.#process?.process.exitCode ?? null;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#process?.stop(signal);
  }
}
