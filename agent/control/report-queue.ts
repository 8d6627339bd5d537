import { type Report, WIRE_PATHS, WIRE_VERSION } from "../../lib/wire/wire.ts";
import type { Log } from "./agent-log.ts";
import { type AppClient, Refused } from "./app-client.ts";
import { Backoff } from "./backoff.ts";
import { ReportJournal } from "./report-journal.ts";
import type { StateDirectory } from "./state-directory.ts";

const FILE = "reports.jsonl";
const BATCH = 500;
/** With more that wait than this, what a newer report of the same command says too is given up. */
const REPETITIONS_MAX = 2_000;

/**
 * What happened to orders, sent in order and at once. It is kept in memory until the app has it, and on disk as well,
 * while the disk takes it.
 */
export class ReportQueue {
  readonly #journal: ReportJournal;
  readonly #client: AppClient;
  readonly #log: Log;
  readonly #backoff = new Backoff({ firstMs: 250, maxMs: 30_000 });
  #waiting: Report[];
  #sending: Report[] = [];
  #batch = BATCH;
  #repetitionsMax = REPETITIONS_MAX;
  #wake: (() => void) | null = null;

  constructor(about: { state: StateDirectory; client: AppClient; log: Log }) {
    this.#client = about.client;
    this.#log = about.log;
    this.#journal = new ReportJournal(about.state.file(FILE), about.log);
    this.#waiting = this.#journal.open();
  }

  /** Never fails: what the disk doesn't take is in memory. */
  add(report: Report): void {
    const short: Report = {
      ...report,
      ...(report.detail === undefined ? {} : { detail: report.detail.slice(0, 1024) }),
      ...(report.evidence === undefined
        ? {}
        : { evidence: report.evidence.slice(0, 20).map((line) => line.slice(0, 300)) }),
    };
    this.#waiting.push(short);
    if (this.#waiting.length > this.#repetitionsMax) this.#forgetRepetitions();
    else this.#journal.add(short, () => this.#all());
    this.#wake?.();
  }

  hurry(): void {
    this.#backoff.hurry();
  }

  /** Sends until `stop`. Throws Refused when this host is refused for good. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      if (this.#waiting.length === 0) {
        await this.#waitForReports(stop);
        continue;
      }
      this.#sending = this.#waiting.splice(0, this.#batch);
      const message = { version: WIRE_VERSION, reports: this.#sending };
      try {
        await this.#client.post(WIRE_PATHS.reports, message, stop, 15_000);
        this.#forgetSending();
        this.#batch = BATCH;
        this.#backoff.reset();
      } catch (error) {
        if (error instanceof Refused && (error.status === 400 || error.status === 413)) {
          this.#takeRefusal(error);
          continue;
        }
        this.#waiting = this.#all();
        this.#sending = [];
        this.#journal.retry(() => this.#waiting);
        if (stop.aborted) return;
        if (error instanceof Refused && error.code === "key_revoked") throw error;
        await this.#backoff.wait(stop);
      }
    }
  }

  /** Half as many the next time, until the one that can't be read stands alone, and is dropped. */
  #takeRefusal(refusal: Refused): void {
    if (this.#sending.length > 1) {
      this.#batch = Math.floor(this.#sending.length / 2);
      this.#waiting = this.#all();
      this.#sending = [];
      return;
    }
    this.#log(`The app can't read a report of this agent, which is dropped: ${refusal.message}`);
    this.#forgetSending();
  }

  #forgetSending(): void {
    const count = this.#sending.length;
    this.#sending = [];
    this.#journal.sent(count, this.#waiting);
  }

  /** Keeps the newest of each state of each command: all that the app needs, however long it is away. */
  #forgetRepetitions(): void {
    const newest = new Map<string, Report>();
    for (const report of this.#waiting) {
      const key = `${report.commandId} ${report.state}`;
      newest.delete(key);
      newest.set(key, report);
    }
    this.#waiting = [...newest.values()];
    this.#repetitionsMax = Math.max(REPETITIONS_MAX, 2 * this.#waiting.length);
    this.#journal.rewrite(this.#all());
  }

  #all(): Report[] {
    return [...this.#sending, ...this.#waiting];
  }

  async #waitForReports(stop: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        stop.removeEventListener("abort", done);
        this.#wake = null;
        resolve();
      };
      stop.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }
}
