import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AppError } from "../error/app-error.ts";

const gunzipAsync = promisify(gunzip);

/**
 * The body as it was sent (what the signature covers) and as text, unzipped when it came with
 * `Content-Encoding: gzip`. Neither may be longer than `maxBytes`.
 * Throws AppError `batch_too_large`, or `batch_malformed` when it isn't gzip or isn't UTF-8.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<{ raw: Uint8Array; text: string }> {
  const raw = await readAtMost(request, maxBytes);
  return { raw, text: await textOf(request, raw, maxBytes) };
}

/** What the bytes of the request's body say. Throws as `readBody` does. */
export async function textOf(request: Request, raw: Uint8Array, maxBytes: number): Promise<string> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  const plain = encoding === "gzip" ? await unzip(raw, maxBytes) : raw;
  if (encoding !== "gzip" && encoding !== "identity") {
    throw new AppError("batch_malformed", "The body's content encoding must be gzip or none.");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (cause) {
    throw new AppError("batch_malformed", "The body is not UTF-8 text.", { cause });
  }
}

/** The bytes of the body as they were sent. Throws AppError `batch_too_large`. */
export async function readAtMost(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

async function unzip(raw: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await gunzipAsync(raw, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw new AppError("batch_malformed", "The body is not gzip, although its content encoding says so.", {
      cause,
    });
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("batch_too_large", `The body is larger than ${maxBytes} bytes.`, {
    detail: { maxBytes },
  });
}
