import { and, inArray, lte } from "drizzle-orm";
import type { Connections } from "../db/client.ts";
import { command } from "../db/schema/index.ts";
import { pruneTries } from "../auth/rate-limit.ts";
import { publish } from "../live/publish.ts";

/** Gives up the commands that no host took in time; tells the pages. */
export async function expireCommands(connections: Connections, nowMs: number): Promise<void> {
  const now = new Date(nowMs);
  const expired = await connections.db
    .update(command)
    .set({ state: "expired", endedAt: now })
    .where(and(inArray(command.state, ["queued", "delivered"]), lte(command.expiresAt, now)))
    .returning({ actionId: command.actionId });
  if (expired.length === 0) return;
  const actionIds = [...new Set(expired.map((each) => each.actionId))];
  await publish(connections.pool, { topic: "commands", actionIds });
}

const SWEEP_EVERY_MS = 30_000;

/** Expires commands for as long as the app runs. Returns what ends it. */
export function startSweeping(connections: Connections): () => void {
  const timer = setInterval(() => {
    const nowMs = Date.now();
    Promise.all([expireCommands(connections, nowMs), pruneTries(connections, nowMs)]).catch(
      (error: unknown) => {
        console.error("Commands could not be expired; it is tried again in 30 seconds:", error);
      },
    );
  }, SWEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
