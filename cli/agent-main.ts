import { Command } from "commander";
import { addAgentCommand } from "./agent.ts";
import { runProgram } from "./run-program.ts";

/** The program that hosts get: the agent and nothing else. */
const program = new Command("banwatch").description("Banwatch's agent for a host.");
addAgentCommand(program);
runProgram(program);
