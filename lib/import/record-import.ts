import { type Actor, recordAction } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { cleanText } from "../event/clean-text.ts";
import type { ImportCounts } from "./import-log.ts";

const NAME_MAX = 255;

/**
 * Does the import, with a line in the log of actions before anything is stored and one with what came of it. The first
 * is there also when the import breaks off: what was read until then is stored.
 */
export async function recordImport(
  connections: Connections,
  actor: Actor,
  fileName: string,
  doImport: () => Promise<ImportCounts>,
): Promise<ImportCounts> {
  const name = cleanText(fileName, NAME_MAX);
  await recordAction(connections.db, actor, { verb: "import", subject: `${name}: started` });
  const counts = await doImport();
  await recordAction(connections.db, actor, { verb: "import", subject: `${name}: ${counts.stored} events` });
  return counts;
}
