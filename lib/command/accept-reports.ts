import { and, eq } from "drizzle-orm";
import type { Connections } from "../db/client.ts";
import { command } from "../db/schema/index.ts";
import { inTransaction, type Transaction } from "../db/transaction.ts";
import { cleanSentence } from "../event/clean-text.ts";
import { publish } from "../live/publish.ts";
import type { Report } from "../wire/wire.ts";
import { statesBefore } from "./state.ts";

/** Moves this host's commands as it reports; what is unknown, repeated or out of order changes nothing. */
export async function acceptReports(
  connections: Connections,
  hostId: string,
  reports: readonly Report[],
  nowMs: number,
): Promise<void> {
  await inTransaction(connections, async (transaction) => {
    const actionIds = new Set<string>();
    // One host's reports wait for each other in one order, so that two requests can't lock each other out.
    for (const report of reports.toSorted(byCommand)) {
      const actionId = await acceptReport(transaction, hostId, report, nowMs);
      if (actionId !== null) actionIds.add(actionId);
    }
    if (actionIds.size > 0) {
      await publish(transaction.client, { topic: "commands", actionIds: [...actionIds] });
    }
  });
}

function byCommand(a: Report, b: Report): number {
  if (a.commandId === b.commandId) return 0;
  return a.commandId < b.commandId ? -1 : 1;
}

/** The action whose command moved; null when nothing changed. */
async function acceptReport(
  transaction: Transaction,
  hostId: string,
  report: Report,
  nowMs: number,
): Promise<string | null> {
  const itself = and(eq(command.hostId, hostId), eq(command.id, report.commandId));
  const [found] = await transaction.db.select().from(command).where(itself).for("update");
  if (found === undefined || !statesBefore(report.state, found.ruleId !== null).includes(found.state))
    return null;
  // The agent says it by the app's clock as well as it knows it: never before the click, nor in the future.
  const at = new Date(Math.min(Math.max(report.atMs, found.queuedAt.getTime()), nowMs));
  await transaction.db
    .update(command)
    .set({ state: report.state, ...whatItSays(report, at, found) })
    .where(itself);
  return found.actionId;
}

function whatItSays(report: Report, at: Date, found: typeof command.$inferSelect) {
  const detail = cleanSentence(report.detail ?? "", 1024) || null;
  switch (report.state) {
    case "delivered":
      return { deliveredAt: at };
    case "applied":
      return { deliveredAt: found.deliveredAt ?? at, appliedAt: at, endedAt: null, detail: null };
    case "verified":
      return {
        deliveredAt: found.deliveredAt ?? at,
        appliedAt: found.appliedAt ?? at,
        verifiedAt: at,
        endedAt: null,
        detail: null,
        evidence: (report.evidence ?? []).map((line) => cleanSentence(line, 300)),
      };
    case "failed":
    case "drifted":
      return { endedAt: at, detail };
    default:
      return report.state satisfies never;
  }
}
