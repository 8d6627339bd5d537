import * as z from "zod";
import { authorise } from "../../../../../lib/auth/authorise.ts";
import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { AppError } from "../../../../../lib/error/app-error.ts";
import { readAttackFilter } from "../../../../../lib/query/attack-filter.ts";
import { loadCityHour } from "../../../../../lib/query/city-hour.ts";

const placeSchema = z.coerce.number().int();

export async function GET(request: Request): Promise<Response> {
  try {
    await authorise(request.headers, "viewer");
    const parameters = new URL(request.url).searchParams;
    const filter = readAttackFilter(parameters);
    const place = placeSchema.safeParse(parameters.get("city"));
    if (!place.success || filter.hourMs === null) throw new AppError("invalid", "Name a city and an hour.");
    return Response.json(await loadCityHour(connections(), place.data, filter.hourMs, filter));
  } catch (error) {
    return answerError(error);
  }
}
