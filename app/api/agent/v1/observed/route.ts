import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { geo } from "../../../../../lib/geo/geo.ts";
import { readSignedBody } from "../../../../../lib/host/read-signed-body.ts";
import { acceptObserved } from "../../../../../lib/ingest/accept-observed.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { markSeen } from "../../../../../lib/ingest/mark-seen.ts";
import { OBSERVED_MAX_BYTES, observedSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { host, text } = await readSignedBody(request, OBSERVED_MAX_BYTES);
    await markSeen(connections(), host.id);
    await acceptObserved(connections(), await geo(), host.id, parseMessage(observedSchema, text));
    return Response.json({});
  } catch (error) {
    return answerError(error);
  }
}
