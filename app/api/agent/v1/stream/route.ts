import * as z from "zod";
import { connections } from "../../../../../lib/db/client.ts";
import { answerError } from "../../../../../lib/error/answer.ts";
import { authenticateHost } from "../../../../../lib/host/authenticate-host.ts";
import { orderStream } from "../../../../../lib/host/order-stream.ts";
import { liveHub } from "../../../../../lib/live/live-hub.ts";

const generationSchema = z.coerce.number().int().min(0).default(0);

/** The host's orders; `?generation=` is that of the rules which it holds. */
export async function GET(request: Request): Promise<Response> {
  try {
    const host = await authenticateHost(request, new Uint8Array(0));
    const { searchParams } = new URL(request.url);
    const generation = generationSchema.parse(searchParams.get("generation") ?? undefined);
    const from = { connections: connections(), hub: liveHub(), now: Date.now };
    return new Response(orderStream(from, host.id, generation), {
      headers: {
        "content-type": "text/event-stream",
        // Neither a proxy nor the framework may gather orders to compress them.
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    return answerError(error);
  }
}
