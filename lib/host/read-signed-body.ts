import { type Connections, connections } from "../db/client.ts";
import { type AuthenticHost, authenticateHead, withBody } from "./authenticate-host.ts";
import { readAtMost, textOf } from "./read-body.ts";

/**
 * Who sent the request, and its body as text. A body is read only after the signature of its request was checked, and
 * unzipped only when it is the one that was signed. Throws as `authenticateHost` and `readBody` do.
 */
export async function readSignedBody(
  request: Request,
  maxBytes: number,
  from: Connections = connections(),
): Promise<{ host: AuthenticHost; text: string }> {
  const proven = await authenticateHead(request, { connections: from, nowMs: Date.now() });
  const raw = await readAtMost(request, maxBytes);
  const host = withBody(proven, raw);
  return { host, text: await textOf(request, raw, maxBytes) };
}
