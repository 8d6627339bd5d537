import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { CryptoKey } from "jose";
import * as z from "zod";
import { signRequest } from "../../lib/wire/signed-request.ts";

const gzipOf = promisify(gzip);
const GZIP_FROM_BYTES = 2048;
const TIMEOUT_MS = 60_000;
/** Clocks closer than this need no correction. */
const CLOCK_TOLERANCE_MS = 1000;

/** The app answered, and said no. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: Record<string, unknown>;

  constructor(status: number, code: string, message: string, detail: Record<string, unknown>) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** The app could not be reached, or what answered isn't the app. */
export class Unreachable extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "Unreachable";
  }
}

const errorSchema = z.object({ error: z.looseObject({ code: z.string(), message: z.string() }) });

/** Speaks to the app in the name of this host: every request is signed, at the app's time. */
export class AppClient {
  readonly #server: URL;
  readonly #hostId: string;
  readonly #key: CryptoKey;
  #offsetMs = 0;

  constructor(about: { server: string; hostId: string; key: CryptoKey }) {
    this.#server = new URL(about.server);
    this.#hostId = about.hostId;
    this.#key = about.key;
  }

  get server(): URL {
    return this.#server;
  }

  /** The app's time, as well as it is known. */
  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  correctClock(serverTimeMs: number): void {
    const offsetMs = serverTimeMs - Date.now();
    this.#offsetMs = Math.abs(offsetMs) < CLOCK_TOLERANCE_MS ? 0 : offsetMs;
  }

  /** The app's answer. Throws Refused or Unreachable. */
  async post(path: string, message: unknown, stop: AbortSignal, timeoutMs = TIMEOUT_MS): Promise<unknown> {
    const json = Buffer.from(JSON.stringify(message));
    const compress = json.length >= GZIP_FROM_BYTES;
    const body = compress ? await gzipOf(json, { level: 4 }) : json;
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (compress) headers["content-encoding"] = "gzip";
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const response = await this.#send("POST", path, body, headers, signal);
    return await readJson(response);
  }

  /** An answer that goes on and on. Throws Refused or Unreachable. */
  async openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = { accept: "text/event-stream" };
    const response = await this.#send("GET", path, Buffer.alloc(0), headers, signal);
    if (response.body === null) throw new Unreachable("the app's answer is empty");
    return response.body;
  }

  async #send(
    method: string,
    path: string,
    body: Buffer,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const authorization = await signRequest(this.#key, this.#hostId, {
        nowMs: this.nowMs(),
        method,
        path,
        body,
      });
      const response = await request(new URL(path, this.#server), {
        method,
        headers: { ...headers, authorization },
        body: method === "GET" ? null : new Uint8Array(body),
        signal,
      });
      if (response.ok) return response;
      const refusal = await refusalOf(response);
      if (refusal instanceof Unreachable) throw refusal;
      const { serverTimeMs } = refusal.detail;
      if (refusal.code !== "clock_skew" || typeof serverTimeMs !== "number" || attempt > 1) throw refusal;
      this.correctClock(serverTimeMs);
    }
  }
}

/** A request without a signature, for enrolling. Throws Refused or Unreachable. */
export async function postUnsigned(server: string, path: string, message: unknown): Promise<unknown> {
  const response = await request(new URL(path, server), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw await refusalOf(response);
  return await readJson(response);
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "error" });
  } catch (error) {
    throw new Unreachable(whyUnreachable(error), { cause: error });
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable("the answer is not one of Banwatch", { cause: error });
  }
}

async function refusalOf(response: Response): Promise<Refused | Unreachable> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    return new Unreachable(`the answer is not one of Banwatch (status ${response.status})`);
  const { code, message, ...detail } = parsed.data.error;
  return new Refused(response.status, code, message, detail);
}

function whyUnreachable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
