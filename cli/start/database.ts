import { type EmbeddedServer, startEmbeddedServer } from "../../lib/db/embedded-server.ts";
import { migrateDatabase } from "../../lib/db/migrate.ts";
import { Problem } from "../../lib/error/problem.ts";

/** The migrated database; `embedded` is null when it is not ours. */
export async function openDatabase(
  databaseUrl: string | null,
  dataDir: string,
): Promise<{ url: string; embedded: EmbeddedServer | null }> {
  if (databaseUrl !== null) {
    await migrate(databaseUrl);
    return { url: databaseUrl, embedded: null };
  }
  const embedded = await startEmbeddedServer(dataDir);
  try {
    await migrate(embedded.url);
  } catch (error) {
    // One that ran before is needed by whoever started it.
    if (!embedded.adopted) await embedded.stop();
    throw error;
  }
  return { url: embedded.url, embedded };
}

async function migrate(url: string): Promise<void> {
  const outcome = await migrateDatabase(url).catch((cause: unknown) => {
    throw new Problem(
      `The database can't be used: ${messageOf(cause)}. Check DATABASE_URL and that its server runs.`,
      {
        cause,
      },
    );
  });
  if (outcome.kind === "newer_database") {
    throw new Problem(
      "The database was made by a newer version of Banwatch. Start that version, or use a copy from before it: " +
        "an older version would damage it.",
    );
  }
}

function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join(", ");
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? messageOf(cause.cause) : cause.message;
}
