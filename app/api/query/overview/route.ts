import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { readAttackFilter } from "../../../../lib/query/attack-filter.ts";
import { loadOverview } from "../../../../lib/query/overview.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const filter = readAttackFilter(new URL(request.url).searchParams);
    return Response.json(await loadOverview(connections(), filter, Date.now));
  } catch (error) {
    return answerError(error);
  }
}
