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
        { ...config, dataDir: join(config.dataDir, "demo") },
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
