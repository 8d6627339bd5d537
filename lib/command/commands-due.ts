import { and, asc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import type { Connections } from "../db/client.ts";
import { command } from "../db/schema/index.ts";
import type { CommandOrder } from "../wire/wire.ts";

export type DueCommand = { order: CommandOrder; expiresAtMs: number };

/** An order that never expires in the table is signed for this long; a stream signs it anew when it is sent again. */
const UNBOUNDED_MS = 60 * 60 * 1000;

/** The unbans and rebans that this host hasn't reported as done, oldest first; those that are too old are left out. */
export async function commandsDue(
  connections: Connections,
  hostId: string,
  nowMs: number,
): Promise<DueCommand[]> {
  const rows = await connections.db
    .select()
    .from(command)
    .where(
      and(
        eq(command.hostId, hostId),
        inArray(command.state, ["queued", "delivered"]),
        isNull(command.ruleId),
        or(isNull(command.expiresAt), gt(command.expiresAt, new Date(nowMs))),
      ),
    )
    .orderBy(asc(command.queuedAt), asc(command.id));
  return rows.flatMap((row): DueCommand[] => {
    if (row.verb !== "unban" && row.verb !== "reban") return [];
    const order = {
      type: "command",
      commandId: row.id,
      verb: row.verb,
      prefix: row.address,
      jails: row.jails,
    } as const;
    return [{ order, expiresAtMs: row.expiresAt?.getTime() ?? nowMs + UNBOUNDED_MS }];
  });
}
