import { authorise } from "../../../lib/auth/authorise.ts";
import { answerError } from "../../../lib/error/answer.ts";
import { browserStream } from "../../../lib/live/browser-stream.ts";
import { liveHub } from "../../../lib/live/live-hub.ts";

/** What changes, as it changes, for a signed-in person's browser. */
export async function GET(request: Request): Promise<Response> {
  try {
    const isAllowed = () => authorise(request.headers, "viewer");
    await isAllowed();
    const stream = browserStream({ hub: liveHub(), authorise: isAllowed, signal: request.signal });
    return new Response(stream, {
      headers: {
        "content-type": "text/event-stream",
        // Neither a proxy nor the framework may gather messages to compress them.
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    return answerError(error);
  }
}
