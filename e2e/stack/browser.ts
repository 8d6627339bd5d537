import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import type { Namespace } from "./namespace.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Chromium on a machine of the test: what it opens at 127.0.0.1 is that machine's. */
export function launchBrowser(namespace: Namespace, folder: string): Promise<Browser> {
  const executablePath = join(folder, "chromium");
  writeFileSync(executablePath, `#!/bin/sh\nexec ${namespace.enter.join(" ")} ${CHROMIUM} "$@"\n`);
  chmodSync(executablePath, 0o755);
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--no-first-run",
    ],
  });
}
