import type { Command } from "commander";
import { Problem } from "../lib/error/problem.ts";
import { VERSION } from "./version.ts";

/** Runs the command that the arguments name. A `Problem` ends it with its one sentence. */
export function runProgram(program: Command): void {
  program.version(VERSION);
  program.parseAsync().catch((error: unknown) => {
    console.error(error instanceof Problem ? error.message : error);
    if (error instanceof Problem && process.env.BANWATCH_DEBUG !== undefined) console.error(error.cause);
    process.exit(1);
  });
}
