import { type Connections, connections } from "../db/client.ts";
import { type AuthenticHost, findClaimant, proveHost } from "./authenticate-host.ts";
import { readAtMost, textOf } from "./read-body.ts";

/**
 * Who sent the request, and its body as text. A stranger's body is not even read, and nothing is unzipped before the
 * signature was checked. Throws as `authenticateHost` and `readBody` do.
 */
export async function readSignedBody(
  request: Request,
  maxBytes: number,
  from: Connections = connections(),
): Promise<{ host: AuthenticHost; text: string }> {
  const claimant = await findClaimant(request, from);
  const raw = await readAtMost(request, maxBytes);
  const host = await proveHost(claimant, request, raw, Date.now());
  return { host, text: await textOf(request, raw, maxBytes) };
}
