import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { geo } from "../../../../../lib/geo/geo.ts";
import { authenticateHost } from "../../../../../lib/host/authenticate-host.ts";
import { readBody } from "../../../../../lib/host/read-body.ts";
import { acceptBatch } from "../../../../../lib/ingest/accept-batch.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { markSeen } from "../../../../../lib/ingest/mark-seen.ts";
import { BATCH_MAX_BYTES, type BatchAnswer, batchSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { raw, text } = await readBody(request, BATCH_MAX_BYTES);
    const host = await authenticateHost(request, raw);
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
