import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { acceptStatus } from "../../../../../lib/host/accept-status.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { readSignedBody } from "../../../../../lib/host/read-signed-body.ts";
import { OTHER_MAX_BYTES, statusSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { host, text } = await readSignedBody(request, OTHER_MAX_BYTES);
    const status = parseMessage(statusSchema, text);
    return Response.json(await acceptStatus(connections(), host.id, status, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
