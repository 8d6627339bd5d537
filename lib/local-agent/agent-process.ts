import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const ENROL_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;
const RESTART_FIRST_MS = 1_000;
const RESTART_MAX_MS = 60_000;
/** An agent that ran this long was all right: the next restart is quick again. */
const SETTLED_MS = 60_000;
const LAST_WORDS_BYTES = 2_000;

/** Of the file in which the agent keeps who it is. */
const identitySchema = z.object({ hostId: z.uuid() });

export type AgentPaths = {
  /** The program of `banwatch`, whose command `agent` this runs. */
  main: string;
  stateDir: string;
  logFile: string;
};

export type StartOutcome = { kind: "enrolled" } | { kind: "ended"; reason: string };

/**
 * Keeps one agent running as a child: started again when it ends by itself, ended with the app. Its state and its log
 * are kept, so that the next start goes on where it was.
 */
export class AgentProcess {
  readonly #paths: AgentPaths;
  /** Whether the app still knows this host: an agent that was removed is not started again. */
  readonly #isKnown: (hostId: string) => Promise<boolean>;
  #child: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #restartAfterMs = RESTART_FIRST_MS;
  /** False from `stop` on: a restart that is under way then must not leave an agent behind. */
  #isWanted = false;
  #lastWords: string | null = null;

  constructor(paths: AgentPaths, isKnown: (hostId: string) => Promise<boolean>) {
    this.#paths = paths;
    this.#isKnown = isKnown;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** What the agent wrote last before it ended by itself. */
  get lastWords(): string | null {
    return this.#lastWords;
  }

  /** Null: the agent has not enrolled yet. */
  get hostId(): string | null {
    try {
      const text = readFileSync(join(this.#paths.stateDir, "identity.json"), "utf8");
      return identitySchema.parse(JSON.parse(text)).hostId;
    } catch {
      return null;
    }
  }

  /** Whether the agent has enrolled, and the app still knows it. */
  async isEnrolled(): Promise<boolean> {
    const { hostId } = this;
    return hostId !== null && (await this.#isKnown(hostId));
  }

  /** Removes all that the agent kept, so that it can enrol anew. */
  forget(): void {
    rmSync(this.#paths.stateDir, { recursive: true, force: true });
  }

  /** Starts the agent with these arguments; returns when it has enrolled, or has ended without. */
  async start(serverArguments: readonly string[]): Promise<StartOutcome> {
    this.#isWanted = true;
    return this.#launch(serverArguments);
  }

  async #launch(serverArguments: readonly string[]): Promise<StartOutcome> {
    this.#cancelRestart();
    mkdirSync(this.#paths.stateDir, { recursive: true, mode: 0o700 });
    await this.#endOrphan();
    if (!this.#isWanted) return { kind: "ended", reason: "It was told to stop." };
    const child = this.#spawn(serverArguments);
    const ended = new Promise<StartOutcome>((resolve) => {
      child.once("error", (error) => resolve({ kind: "ended", reason: error.message }));
      child.once("exit", () => resolve({ kind: "ended", reason: this.#readLastWords() }));
    });
    const outcome = await Promise.race([ended, this.#enrolled()]);
    // A token works once: restarts go by the identity that the agent keeps.
    const again = serverArguments.slice(0, 2);
    if (outcome.kind === "enrolled" && this.#child === child) this.#keepUp(child, again);
    else if (outcome.kind === "enrolled") this.#restartLater(again);
    return outcome;
  }

  /** Asks the agent to end, and makes it after a while. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#cancelRestart();
    const child = this.#child;
    if (child === null) return;
    child.removeAllListeners("exit");
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    this.#child = null;
  }

  #spawn(serverArguments: readonly string[]): ChildProcess {
    const { main, stateDir, logFile } = this.#paths;
    const log = openSync(logFile, "a", 0o600);
    const given = [main, "agent", ...serverArguments, "--state", stateDir];
    const child = spawn(process.execPath, given, {
      stdio: ["ignore", log, log],
      env: agentEnvironment(),
      cwd: "/",
    });
    closeSync(log);
    this.#child = child;
    const forget = () => {
      if (this.#child === child) this.#child = null;
    };
    child.once("exit", forget);
    child.once("error", forget);
    if (child.pid !== undefined) writeFileSync(this.#pidFile, String(child.pid));
    return child;
  }

  #keepUp(child: ChildProcess, again: readonly string[]): void {
    const startedAtMs = Date.now();
    child.once("exit", () => {
      this.#lastWords = this.#readLastWords();
      if (Date.now() - startedAtMs > SETTLED_MS) this.#restartAfterMs = RESTART_FIRST_MS;
      this.#restartLater(again);
    });
  }

  #restartLater(again: readonly string[]): void {
    if (!this.#isWanted) return;
    this.#restart = setTimeout(() => {
      this.#startAgain(again).catch((error: unknown) =>
        console.error("The local agent could not be started:", error),
      );
    }, this.#restartAfterMs);
    this.#restart.unref();
    this.#restartAfterMs = Math.min(this.#restartAfterMs * 2, RESTART_MAX_MS);
  }

  async #startAgain(again: readonly string[]): Promise<void> {
    if (await this.isEnrolled()) await this.#launch(again);
  }

  #cancelRestart(): void {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
  }

  get #pidFile(): string {
    return `${this.#paths.stateDir}.pid`;
  }

  /** An app that was killed leaves its agent behind, which holds the state. It is known by its arguments. */
  async #endOrphan(): Promise<void> {
    let pid: number;
    try {
      pid = Number(readFileSync(this.#pidFile, "utf8"));
      const given = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (!given.includes(this.#paths.stateDir) || this.#child?.pid === pid) return;
    } catch {
      return;
    }
    process.kill(pid, "SIGTERM");
    const giveUpAtMs = Date.now() + STOP_TIMEOUT_MS;
    while (existsSync(`/proc/${pid}`)) {
      if (Date.now() > giveUpAtMs) process.kill(pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** When the agent has written who it is; also when that takes long, as it goes on trying. */
  #enrolled(): Promise<StartOutcome> {
    return new Promise((resolve) => {
      const done = () => {
        watcher.close();
        clearTimeout(timer);
        resolve({ kind: "enrolled" });
      };
      const watcher = watch(this.#paths.stateDir, () => {
        if (this.hostId !== null) done();
      });
      const timer = setTimeout(done, this.hostId === null ? ENROL_TIMEOUT_MS : 0);
    });
  }

  #readLastWords(): string {
    try {
      const { size } = statSync(this.#paths.logFile);
      const text = readFileSync(this.#paths.logFile, "utf8").slice(-Math.min(size, LAST_WORDS_BYTES));
      return text.trim().split("\n").at(-1) ?? "";
    } catch {
      return `its log ${this.#paths.logFile} says why.`;
    }
  }
}

/** The agent needs nothing of what the app knows, its database least of all. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TZ } = process.env;
  return { NODE_ENV: "production", PATH, HOME, LANG, TZ };
}
