import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../lib/config/config.ts";
import { connections } from "../lib/db/client.ts";
import { runDemo } from "../lib/demo/run-demo.ts";
import { serve } from "./start/serve.ts";

export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .description("start the dashboard with generated traffic, in a database of its own")
    .action(async () => {
      const config = readConfig(process.env);
      await serve(
        // Never the database that DATABASE_URL names: what is invented must not mix with what happened.
        { ...config, dataDir: join(config.dataDir, "demo"), databaseUrl: null },
        {
          demo: true,
          prepare: () => {
            console.log("Generating four weeks of traffic …");
            return runDemo(connections(), {
              onError: (error) => console.error("The demonstration's traffic stopped for a moment:", error),
            });
          },
        },
      );
    });
}
