import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { queryHosts } from "../../../../lib/query/hosts.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    return Response.json(await queryHosts(connections(), Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
