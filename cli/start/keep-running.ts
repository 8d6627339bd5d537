import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedServer, startEmbeddedServer } from "../../lib/db/embedded-server.ts";

const LOOK_EVERY_MS = 2_000;
/** What a server that was killed leaves behind may take some seconds to be gone. */
const ATTEMPTS = 5;

/**
 * Starts the embedded database again when something killed it. When that fails the process ends, so that whatever
 * supervises it sees it. Answers how to stop looking.
 */
export function keepRunning(server: EmbeddedServer, dataDir: string): () => Promise<void> {
  let stopped = false;
  let restarting: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (stopped || restarting !== null || server.isRunning()) return;
    restarting = restart(dataDir).then(
      () => void (restarting = null),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exit(1);
      },
    );
  }, LOOK_EVERY_MS);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await restarting;
  };
}

async function restart(dataDir: string): Promise<void> {
  console.error("The database does not run any more; it is started again.");
  for (let attempt = 1; ; attempt += 1) {
    try {
      await startEmbeddedServer(dataDir);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await pause(LOOK_EVERY_MS);
    }
  }
}
