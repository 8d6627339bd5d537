import { acceptReports } from "../../../../../lib/command/accept-reports.ts";
import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { parseMessage } from "../../../../../lib/ingest/parse-message.ts";
import { readSignedBody } from "../../../../../lib/host/read-signed-body.ts";
import { OTHER_MAX_BYTES, reportsSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { host, text } = await readSignedBody(request, OTHER_MAX_BYTES);
    const { reports } = parseMessage(reportsSchema, text);
    await acceptReports(connections(), host.id, reports, Date.now());
    return Response.json({});
  } catch (error) {
    return answerError(error);
  }
}
