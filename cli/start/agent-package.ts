import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { VERSION } from "../version.ts";

/** The oldest Node.js that a host may have to run the agent. */
const HOST_NODE = "node20";

/**
 * Packs the agent into `build/banwatch.tgz`, an npm package of one file without dependencies, so that
 * `npx http://…/agent/banwatch.tgz agent …` runs on a host that has nothing but npm.
 */
export async function buildAgentPackage(project: string): Promise<void> {
  const folder = join(project, "build/package");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(project, "cli/agent-main.ts")],
    outfile: join(folder, "banwatch.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: HOST_NODE,
    legalComments: "inline",
    // Commander is CommonJS and asks for Node's own modules by require.
    banner: {
      js: [
        "#!/usr/bin/env node",
        'import { createRequire as banwatchRequire } from "node:module";',
        "const require = banwatchRequire(import.meta.url);",
      ].join("\n"),
    },
    logLevel: "error",
  });
  const manifest = {
    name: "banwatch",
    version: VERSION,
    type: "module",
    engines: { node: ">=20" },
    bin: { banwatch: "banwatch.mjs" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  execFileSync("tar", ["-czf", join(project, "build/banwatch.tgz"), "-C", join(project, "build"), "package"]);
}
