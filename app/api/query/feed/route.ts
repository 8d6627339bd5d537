import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { queryFeed, readFeedRequest } from "../../../../lib/query/feed.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const asked = readFeedRequest(new URL(request.url).searchParams);
    return Response.json(await queryFeed(connections(), asked, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
