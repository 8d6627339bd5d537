import { peerAddress } from "../../../../../lib/auth/peer-address.ts";
import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { enrolHost } from "../../../../../lib/host/enrol-host.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { readBody } from "../../../../../lib/host/read-body.ts";
import { enrolSchema, OTHER_MAX_BYTES } from "../../../../../lib/wire/wire.ts";

/** Open to who holds a join token: its proof is in the body. */
export async function POST(request: Request): Promise<Response> {
  try {
    const { text } = await readBody(request, OTHER_MAX_BYTES);
    const enrol = parseMessage(enrolSchema, text);
    const answer = await enrolHost(connections(), enrol, peerAddress(request.headers), Date.now());
    return Response.json(answer);
  } catch (error) {
    return answerError(error);
  }
}
