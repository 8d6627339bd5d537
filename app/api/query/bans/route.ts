import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { readBansRequest } from "../../../../lib/query/ban-filter.ts";
import { queryBans } from "../../../../lib/query/bans.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const asked = readBansRequest(new URL(request.url).searchParams);
    return Response.json(await queryBans(connections(), asked, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
