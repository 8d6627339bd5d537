import type { Command } from "commander";
import { readConfig } from "../../lib/config/config.ts";
import { serve } from "./serve.ts";

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .description("start the dashboard, with a database of its own unless DATABASE_URL names one")
    .action(async () => {
      await serve(readConfig(process.env), { demo: false });
    });
}
