import { Command } from "commander";
import { runProgram } from "./run-program.ts";

/** Loaded one at a time: an agent must not carry the dashboard in its memory. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  start: async () => (await import("./start/start.ts")).addStartCommand,
  demo: async () => (await import("./demo.ts")).addDemoCommand,
  agent: async () => (await import("./agent.ts")).addAgentCommand,
  import: async () => (await import("./import.ts")).addImportCommand,
  user: async () => (await import("./user.ts")).addUserCommand,
};

const program = new Command("banwatch").description(
  "See who is attacking your servers, and prove on each of them that they are blocked.",
);
const named = process.argv[2] ?? "";
const wanted = Object.hasOwn(COMMANDS, named) ? [COMMANDS[named]!] : Object.values(COMMANDS);
for (const load of wanted) (await load())(program);
runProgram(program);
