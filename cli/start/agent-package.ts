import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { VERSION } from "../version.ts";

/** The oldest Node.js that a host may have to run the agent. */
const HOST_NODE = "node20";

/**
 * Packs the agent into `build/banwatch.tgz`, an npm package of one file without dependencies, which runs on a
 * host that has nothing but Node.js. The same sources make the same bytes: the line that connects a host names their hash.
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
  writeFileSync(join(project, "build/banwatch.tgz"), gzipSync(pack(join(project, "build"))));
}

/** A tar of the package that says nothing of when, and by whom, it was made. */
function pack(folder: string): Buffer {
  const same = ["--format=ustar", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=0644"];
  const files = ["package/banwatch.mjs", "package/package.json"];
  return execFileSync("tar", [...same, "-C", folder, "-cf", "-", ...files], { maxBuffer: 64 * 1024 * 1024 });
}
