import { acceptReports } from "../../../../../lib/command/accept-reports.ts";
import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { authenticateHost } from "../../../../../lib/host/authenticate-host.ts";
import { parseBody } from "../../../../../lib/host/parse-body.ts";
import { readBody } from "../../../../../lib/host/read-body.ts";
import { OTHER_MAX_BYTES, reportsSchema } from "../../../../../lib/wire/wire.ts";

export async function POST(request: Request): Promise<Response> {
  try {
    const { raw, text } = await readBody(request, OTHER_MAX_BYTES);
    const host = await authenticateHost(request, raw);
    const { reports } = parseBody(reportsSchema, text);
    await acceptReports(connections(), host.id, reports, Date.now());
    return Response.json({});
  } catch (error) {
    return answerError(error);
  }
}
