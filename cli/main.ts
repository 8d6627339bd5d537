import { Command } from "commander";
import { addAgentCommand } from "./agent.ts";
import { addDemoCommand } from "./demo.ts";
import { addImportCommand } from "./import.ts";
import { runProgram } from "./run-program.ts";
import { addStartCommand } from "./start/start.ts";
import { addUserCommand } from "./user.ts";

const program = new Command("banwatch").description(
  "See who is attacking your servers, and prove on each of them that they are blocked.",
);
addStartCommand(program);
addDemoCommand(program);
addAgentCommand(program);
addImportCommand(program);
addUserCommand(program);
runProgram(program);
