import { resolve } from "node:path";
import type { Server } from "node:http";
import next from "next";
import type { Config } from "../../lib/config/config.ts";
import { startSweeping } from "../../lib/command/expire.ts";
import { connections, disconnect } from "../../lib/db/client.ts";
import { geo } from "../../lib/geo/geo.ts";
import { ensureInstance, issueSetupToken } from "../../lib/instance/instance.ts";
import { startLocalAgentIfEnrolled, stopLocalAgent } from "../../lib/local-agent/local-agent.ts";
import { browserAddresses } from "./addresses.ts";
import { buildIfChanged } from "./build.ts";
import { chooseDataDirectory, lockDataDirectory, prepareDataDirectory } from "./data-directory.ts";
import { openDatabase } from "./database.ts";
import { guarded, listen } from "./http-server.ts";
import { keepRunning } from "./keep-running.ts";
import { Shutdown } from "./shutdown.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
/** How long an answer under way may take once the app was told to stop. */
const DRAIN_MS = 2_000;

export type ServeOptions = {
  demo: boolean;
  /** Runs when the database is ready and before the first request; what it answers is run at shutdown. */
  prepare?: () => Promise<() => Promise<void>>;
};

/** Brings Banwatch up and keeps it up: port, data directory, database, build, app, local agent, in this order. */
export async function serve(config: Config, options: ServeOptions): Promise<void> {
  const shutdown = new Shutdown();
  const started = bringUp(config, options, shutdown);
  shutdown.listen(started);
  try {
    await started;
  } catch (error) {
    if (shutdown.requested.aborted) return;
    await shutdown.run();
    throw error;
  }
}

async function bringUp(config: Config, options: ServeOptions, shutdown: Shutdown): Promise<void> {
  const { requested } = shutdown;
  // Started from elsewhere, the built app still finds the files that npm brought.
  process.chdir(PROJECT);
  const { server, handle } = await listen(config.host, config.port);
  shutdown.add(() => drain(server));
  const dataDir = chooseDataDirectory(config.dataDir, process.env.BANWATCH_DATA_DIR !== undefined);
  prepareDataDirectory(dataDir);
  shutdown.add(lockDataDirectory(dataDir));
  await buildIfChanged(PROJECT, requested);
  const { url, embedded } = await openDatabase(config.databaseUrl, dataDir);
  if (embedded !== null) {
    shutdown.add(() => embedded.stop());
    shutdown.add(keepRunning(embedded, dataDir));
  }
  requested.throwIfAborted();
  // From here on the app's modules find both where they look for them.
  process.env.DATABASE_URL = url;
  process.env.BANWATCH_DATA_DIR = dataDir;
  // No request leaves the machine unless the admin asks for it.
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  shutdown.add(() => disconnect(connections()));
  await ensureInstance(connections(), { demo: options.demo });
  shutdown.add(startSweeping(connections()));
  // Opened here, so that a folder without a database is said at once and the first batch does not wait.
  await geo();
  requested.throwIfAborted();
  if (options.prepare !== undefined) shutdown.add(await options.prepare());
  const app = next({ dev: false, dir: PROJECT, hostname: config.host, port: config.port });
  await app.prepare();
  requested.throwIfAborted();
  const answer = app.getRequestHandler();
  handle(guarded(PROJECT, config.publicUrl, (request, response) => answer(request, response)));
  shutdown.add(stopLocalAgent);
  if (!options.demo) await startLocalAgentIfEnrolled();
  // Requests end first: whatever they use goes after them.
  shutdown.add(() => drain(server));
  announce(config, dataDir);
  if (options.demo) console.log("It is open to everybody who can reach it; nothing in it is real.");
  else await announceSetup(config);
}

function announce(config: Config, dataDir: string): void {
  const [first = "", ...others] = addressesOf(config);
  console.log(`Banwatch is running at ${first}${others.length === 0 ? "" : ` (also ${others.join(", ")})`}`);
  console.log(`Its data is in ${dataDir}.`);
}

async function announceSetup(config: Config): Promise<void> {
  const token = await issueSetupToken(connections());
  if (token === null) {
    console.log("Sign in there with the account you have.");
    return;
  }
  console.log("\nCreate the admin with this link. It works once:");
  for (const address of addressesOf(config)) console.log(`  ${address}/setup?token=${token}`);
}

function addressesOf(config: Config): string[] {
  return config.publicUrl === null ? browserAddresses(config.host, config.port) : [config.publicUrl];
}

/** Lets answers under way end, then closes what stays open on purpose, such as live streams. */
async function drain(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
