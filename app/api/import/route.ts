import * as z from "zod";
import { authorise } from "../../../lib/auth/authorise.ts";
import { connections } from "../../../lib/db/client.ts";
import { answerError } from "../../../lib/error/answer.ts";
import { AppError } from "../../../lib/error/app-error.ts";
import { uploadLog } from "../../../lib/import/upload-log.ts";
import { isTimeZone } from "../../../lib/import/time-zone.ts";
import { refuseInDemo } from "../../../lib/instance/instance.ts";

const querySchema = z.object({
  /** The file's name, for the log of actions. */
  name: z.string().min(1).max(255),
  host: z
    .string()
    .regex(/^[\w.-]{1,253}$/, "a host's name has letters, digits, dots, hyphens and underscores")
    .default("imported"),
  tz: z.string().refine(isTimeZone, "it must be a zone's name like Europe/Berlin").default("UTC"),
});

/** Stores a log file that is the body; answers with lines of JSON, see `UploadLine`. */
export async function POST(request: Request): Promise<Response> {
  try {
    const person = await authorise(request.headers, "operator");
    await refuseInDemo(connections());
    const query = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams));
    if (request.body === null) throw new AppError("invalid", "There is no file in the request.");
    const file = { name: query.name, hostName: query.host, timeZone: query.tz, bytes: request.body };
    return new Response(uploadLog(connections(), person, file, request.signal), {
      headers: { "content-type": "application/x-ndjson", "cache-control": "no-store, no-transform" },
    });
  } catch (error) {
    return answerError(error);
  }
}
