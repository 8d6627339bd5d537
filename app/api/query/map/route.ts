import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { readAttackFilter } from "../../../../lib/query/attack-filter.ts";
import { loadMapHours } from "../../../../lib/query/map-hours.ts";

/** The frames of the map: all of seven days, or those from `hour` on. */
export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const filter = readAttackFilter(new URL(request.url).searchParams);
    return Response.json(await loadMapHours(connections(), filter, filter.hourMs, Date.now));
  } catch (error) {
    return answerError(error);
  }
}
