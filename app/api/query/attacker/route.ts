import { authorise } from "../../../../lib/auth/authorise.ts";
import { connections } from "../../../../lib/db/client.ts";
import { answerError } from "../../../../lib/error/answer.ts";
import { AppError } from "../../../../lib/error/app-error.ts";
import { parsePrefix } from "../../../../lib/event/address.ts";
import { queryAttacker } from "../../../../lib/query/attacker.ts";

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const address = parsePrefix(new URL(request.url).searchParams.get("address") ?? "");
    if (address === null) throw new AppError("invalid", "That is not an address or a network.");
    return Response.json(await queryAttacker(connections(), address.text, Date.now()));
  } catch (error) {
    return answerError(error);
  }
}
