import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { geo } from "../../../../../lib/geo/geo.ts";
import { readSignedBody } from "../../../../../lib/host/read-signed-body.ts";
import { acceptBatch } from "../../../../../lib/ingest/accept-batch.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { markSeen } from "../../../../../lib/ingest/mark-seen.ts";
import { BATCH_MAX_BYTES, type BatchAnswer, batchSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { host, text } = await readSignedBody(request, BATCH_MAX_BYTES);
    await markSeen(connections(), host.id);
    const { firstSequence, events } = parseMessage(batchSchema, text);
    const { highWater } = await acceptBatch(connections(), await geo(), {
      hostId: host.id,
      stream: 0,
      firstSequence,
      events,
      tracksBans: true,
    });
    return Response.json({ highWater } satisfies BatchAnswer);
  } catch (error) {
    return answerError(error);
  }
}
