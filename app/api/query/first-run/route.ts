import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { firstRunProgress } from "../../../../lib/query/first-run.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    return Response.json(await firstRunProgress(connections().pool, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
