import type { Actor } from "../action/record-action.ts";
import type { Connections } from "../db/client.ts";
import { refusalOf } from "../error/answer.ts";
import { AppError } from "../error/app-error.ts";
import { geo } from "../geo/geo.ts";
import { importHostId } from "./import-host.ts";
import { type ImportCounts, importLog } from "./import-log.ts";
import { recordImport } from "./record-import.ts";

export type Upload = {
  name: string;
  hostName: string;
  timeZone: string;
  bytes: AsyncIterable<Uint8Array>;
};

/** The lines of the answer: any number of `progress`, then one of the others. */
export type UploadLine =
  | { kind: "progress"; counts: ImportCounts }
  | { kind: "done"; counts: ImportCounts }
  /** What was read until then is stored. */
  | { kind: "failed"; code: string; message: string };

const PROGRESS_EVERY_MS = 250;

/** Stores an uploaded log while it arrives, and says how far it is. */
export function uploadLog(
  connections: Connections,
  actor: Actor,
  upload: Upload,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const say = (line: UploadLine) => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      let saidMs = 0;
      try {
        const onProgress = (progress: ImportCounts) => {
          if (Date.now() - saidMs < PROGRESS_EVERY_MS) return;
          saidMs = Date.now();
          say({ kind: "progress", counts: progress });
        };
        const counts = await recordImport(connections, actor, upload.name, async () => {
          const hostId = await importHostId(connections, upload.hostName);
          const { timeZone } = upload;
          const options = { hostId, timeZone, signal, gentle: true, onProgress };
          return importLog(connections, await geo(), upload.bytes, options);
        });
        say({ kind: "done", counts });
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = refusalOf(readableError(error));
        say({ kind: "failed", code, message });
      } finally {
        if (!signal.aborted) controller.close();
      }
    },
  });
}

/** zlib's errors are about the file, not about us. */
function readableError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (typeof code !== "string" || !code.startsWith("Z_")) return error;
  return new AppError("invalid", "The file is not a whole .gz file. What could be read of it is stored.", {
    cause: error,
  });
}
