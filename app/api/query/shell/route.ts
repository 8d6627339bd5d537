import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { shellCounts } from "../../../../lib/query/shell-counts.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    return Response.json(await shellCounts(connections().db, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
