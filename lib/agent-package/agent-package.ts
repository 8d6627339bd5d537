import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../error/app-error.ts";

/** The agent's package as `GET /agent/banwatch.tgz` sends it. */
const AGENT_PACKAGE = "build/banwatch.tgz";

/**
 * The SHA-256, in hex, of the agent's package in the folder of the project.
 * Throws AppError `conflict` when it was never built.
 */
export async function agentPackageHash(project: string = resolve(".")): Promise<string> {
  const bytes = await readFile(resolve(project, AGENT_PACKAGE)).catch((cause: unknown) => {
    throw new AppError(
      "conflict",
      "The agent's package is missing. Start Banwatch with npm start, which makes it.",
      { cause },
    );
  });
  return createHash("sha256").update(bytes).digest("hex");
}
