import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { acceptStatus } from "../../../../../lib/host/accept-status.ts";
import { authenticateHost } from "../../../../../lib/host/authenticate-host.ts";
import { parseBody } from "../../../../../lib/host/parse-body.ts";
import { readBody } from "../../../../../lib/host/read-body.ts";
import { OTHER_MAX_BYTES, statusSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { raw, text } = await readBody(request, OTHER_MAX_BYTES);
    const host = await authenticateHost(request, raw);
    const status = parseBody(statusSchema, text);
    return Response.json(await acceptStatus(connections(), host.id, status, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
