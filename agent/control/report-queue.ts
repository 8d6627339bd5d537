import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { type Report, reportsSchema, WIRE_PATHS, WIRE_VERSION } from "../../lib/wire/wire.ts";
import type { Log } from "./agent-log.ts";
import { type AppClient, Refused } from "./app-client.ts";
import { Backoff } from "./backoff.ts";
import type { StateDirectory } from "./state-directory.ts";

const FILE = "reports.jsonl";
const BATCH = 500;
const oneSchema = reportsSchema.shape.reports.element;

/** What happened to orders, kept on disk until the app has it, sent in order and at once. */
export class ReportQueue {
  readonly #path: string;
  readonly #client: AppClient;
  readonly #log: Log;
  readonly #backoff = new Backoff({ firstMs: 250, maxMs: 30_000 });
  #waiting: Report[] = [];
  #wake: (() => void) | null = null;

  constructor(about: { state: StateDirectory; client: AppClient; log: Log }) {
    this.#path = about.state.file(FILE);
    this.#client = about.client;
    this.#log = about.log;
    this.#load();
  }

  add(report: Report): void {
    const short: Report = {
      ...report,
      ...(report.detail === undefined ? {} : { detail: report.detail.slice(0, 1024) }),
      ...(report.evidence === undefined
        ? {}
        : { evidence: report.evidence.slice(0, 20).map((line) => line.slice(0, 300)) }),
    };
    this.#waiting.push(short);
    appendFileSync(this.#path, `${JSON.stringify(short)}\n`, { mode: 0o600 });
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
      const reports = this.#waiting.slice(0, BATCH);
      try {
        await this.#client.post(WIRE_PATHS.reports, { version: WIRE_VERSION, reports }, stop, 15_000);
        this.#forget(reports.length);
        this.#backoff.reset();
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Refused && error.code === "key_revoked") throw error;
        if (error instanceof Refused && error.status === 400) {
          this.#log(`The app can't read a report of this agent, which is dropped: ${error.message}`);
          this.#forget(reports.length);
        } else {
          await this.#backoff.wait(stop);
        }
      }
    }
  }

  #forget(count: number): void {
    this.#waiting = this.#waiting.slice(count);
    // A torn write costs a repetition at worst, which changes nothing in the app.
    writeFileSync(this.#path, this.#waiting.map((report) => `${JSON.stringify(report)}\n`).join(""), {
      mode: 0o600,
    });
  }

  #load(): void {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch {
      return;
    }
    for (const line of text.split("\n")) {
      try {
        this.#waiting.push(oneSchema.parse(JSON.parse(line)));
      } catch {
        // The end of a write that was cut off.
      }
    }
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
