import type { Config } from "../../lib/config/config.ts";
import { type Connections, connect, disconnect } from "../../lib/db/client.ts";
import { AppError } from "../../lib/error/app-error.ts";
import { Problem } from "../../lib/error/problem.ts";
import { openDatabase } from "./database.ts";
import { chooseDataDirectory, lockDataDirectory, prepareDataDirectory } from "./data-directory.ts";

/**
 * Does the work on the database of the running Banwatch; when none runs, starts the embedded one and stops it after.
 * Throws a `Problem` with the sentence of what was refused.
 */
export async function withDatabase<T>(
  config: Config,
  work: (connections: Connections) => Promise<T>,
): Promise<T> {
  const dataDir = chooseDataDirectory(config.dataDir, process.env.BANWATCH_DATA_DIR !== undefined);
  process.env.BANWATCH_DATA_DIR = dataDir;
  const unlock = config.databaseUrl === null ? lockUnlessRunning(dataDir) : null;
  const { url, embedded } = await openDatabase(config.databaseUrl, dataDir);
  const connections = connect(url);
  try {
    return await work(connections);
  } catch (error) {
    throw error instanceof AppError ? new Problem(error.message, { cause: error }) : error;
  } finally {
    await disconnect(connections);
    if (unlock !== null) {
      await embedded?.stop();
      unlock();
    }
  }
}

/** Null when the app runs and holds the directory. */
function lockUnlessRunning(dataDir: string): (() => void) | null {
  prepareDataDirectory(dataDir);
  try {
    return lockDataDirectory(dataDir);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
