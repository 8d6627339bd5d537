import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { queryActions, readActionsRequest } from "../../../../lib/query/actions.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const asked = readActionsRequest(new URL(request.url).searchParams);
    return Response.json(await queryActions(connections(), asked, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
