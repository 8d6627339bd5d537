import type pg from "pg";

const ATTEMPTS = 5;
/** serialization_failure, deadlock_detected: the same again will do. */
const TRY_AGAIN = new Set(["40001", "40P01"]);

/** Runs the work in a transaction, again when PostgreSQL asks for it. An error of the work undoes all of it. */
export async function inPoolTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(pool, work);
    } catch (error) {
      if (attempt === ATTEMPTS || !TRY_AGAIN.has(sqlStateOf(error) ?? "")) throw error;
    }
  }
}

/**
 * PostgreSQL's code of an error (`23514`), also when the typed client has wrapped it; null when it isn't one of
 * PostgreSQL's.
 */
export function sqlStateOf(error: unknown): string | null {
  for (
    let each = error;
    typeof each === "object" && each !== null;
    each = "cause" in each ? each.cause : null
  ) {
    if ("code" in each && typeof each.code === "string" && SQL_STATE.test(each.code)) return each.code;
  }
  return null;
}
const SQL_STATE = /^[0-9A-Z]{5}$/;

async function attemptOnce<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let connectionError: Error | undefined;
  // Without a listener, a connection that breaks between two statements would end the process.
  const onError = (error: Error) => (connectionError = error);
  client.on("error", onError);
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    client.off("error", onError);
    client.release();
    return result;
  } catch (error) {
    const undone = await client.query("rollback").then(
      () => true,
      () => false,
    );
    client.off("error", onError);
    client.release(undone && connectionError === undefined ? undefined : true);
    throw error;
  }
}
