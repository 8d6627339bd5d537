import { randomUUID } from "node:crypto";
import type { Connections } from "../db/client.ts";
import { inPoolTransaction } from "../db/in-transaction.ts";

/** Any number, the same for all instances: two imports at once must not make the host twice. */
const IMPORT_HOST_LOCK = 7_226_804;

/** The id of the host that stands for logs imported under that name; made when it is the first. */
export async function importHostId(connections: Connections, name: string): Promise<string> {
  return inPoolTransaction(connections.ingestPool, async (client) => {
    await client.query("select pg_advisory_xact_lock($1)", [IMPORT_HOST_LOCK]);
    const { rows } = await client.query<{ id: string }>(
      "select id from host where kind = 'import' and name = $1 order by enrolled_at limit 1",
      [name],
    );
    const known = rows[0]?.id;
    if (known !== undefined) return known;
    const id = randomUUID();
    await client.query("insert into host (id, name, kind) values ($1, $2, 'import')", [id, name]);
    return id;
  });
}
