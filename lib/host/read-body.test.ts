import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readBody } from "./read-body.ts";

function request(body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) {
  return new Request("http://banwatch.test/x", { method: "POST", body, headers });
}

test("a plain body is read as it is", async () => {
  const { raw, text } = await readBody(request('{"ä":1}'), 100);
  expect(text).toBe('{"ä":1}');
  expect(Buffer.from(raw).toString()).toBe(text);
});

test("a gzip body is unzipped, and kept as it was sent", async () => {
  const zipped = new Uint8Array(gzipSync("hello"));
  const { raw, text } = await readBody(request(zipped, { "content-encoding": "gzip" }), 100);
  expect(text).toBe("hello");
  expect(Buffer.from(raw).equals(Buffer.from(zipped))).toBe(true);
});

test.each([
  ["a body that is too long", request("x".repeat(101)), "batch_too_large"],
  [
    "a small body that unzips to a huge one",
    request(new Uint8Array(gzipSync(Buffer.alloc(5_000))), { "content-encoding": "gzip" }),
    "batch_too_large",
  ],
  ["what isn't gzip", request("hello", { "content-encoding": "gzip" }), "batch_malformed"],
  ["an unknown encoding", request("hello", { "content-encoding": "br" }), "batch_malformed"],
  ["bytes that aren't UTF-8", request(new Uint8Array([0xff, 0xfe])), "batch_malformed"],
])("%s is refused", async (_, given, code) => {
  await expect(readBody(given, 100)).rejects.toMatchObject({ code });
});
