import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Problem } from "../../lib/error/problem.ts";

/** Where hosts fetch the agent; see `agent-package.ts`. */
const AGENT_PACKAGE_PATH = "/agent/banwatch.tgz";
/** Long enough for the upload of a large log over a slow line. */
const REQUEST_TIMEOUT_MS = 60 * 60 * 1000;

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Listens before there is anything to serve, so that a port in use is known at once. Until `handle` is set, 503. */
export async function listen(
  host: string,
  port: number,
): Promise<{ server: Server; handle: (handler: Handler) => void }> {
  let handler: Handler | null = null;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (handler === null) response.writeHead(503, { "retry-after": "5" }).end("Banwatch is starting.\n");
    else void handler(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(listenProblem(cause, host, port)));
    server.listen(port, host, resolve);
  });
  return { server, handle: (next) => void (handler = next) };
}

/** Adds to every request who sent it, and to every answer what a browser may do with it. */
export function guarded(project: string, publicUrl: string | null, next: Handler): Handler {
  return async (request, response) => {
    // Set by this server alone: what a client sends under this name is dropped.
    delete request.headers["x-banwatch-peer"];
    const peer = request.socket.remoteAddress;
    if (peer !== undefined) request.headers["x-banwatch-peer"] = peer;
    nameAsSeen(request, publicUrl);
    const policy = contentSecurityPolicy(randomBytes(16).toString("base64"));
    // The framework reads the nonce for its own scripts from here.
    request.headers["content-security-policy"] = policy;
    response.setHeader("content-security-policy", policy);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "same-origin");
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=()");
    if (request.url === AGENT_PACKAGE_PATH) sendAgentPackage(project, response);
    else await next(request, response);
  };
}

/**
 * The framework refuses an action whose Origin isn't the name that the request was sent to. A proxy may have replaced
 * that name by its own for us: from the public address, it counts.
 */
function nameAsSeen(request: IncomingMessage, publicUrl: string | null): void {
  if (publicUrl === null || request.headers.origin !== new URL(publicUrl).origin) return;
  request.headers["x-forwarded-host"] = new URL(publicUrl).host;
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    // Positions of map marks and list rows are style attributes; a nonce can't cover those.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function sendAgentPackage(project: string, response: ServerResponse): void {
  const file = createReadStream(join(project, "build/banwatch.tgz"));
  file.once("error", () => response.writeHead(404).end());
  file.once("open", () => {
    response.writeHead(200, { "content-type": "application/gzip", "cache-control": "no-cache" });
    file.pipe(response);
  });
}

function listenProblem(cause: NodeJS.ErrnoException, host: string, port: number): Problem {
  if (cause.code === "EADDRINUSE") {
    return new Problem(
      `Port ${port} is in use, perhaps by a Banwatch that runs already. Stop that program, or choose another port: PORT=${port + 1} npm start`,
      { cause },
    );
  }
  if (cause.code === "EACCES") {
    return new Problem(
      `This account may not listen on port ${port}. Choose one above 1023: PORT=3000 npm start`,
      {
        cause,
      },
    );
  }
  return new Problem(`Can't listen on ${host}, port ${port}: ${cause.message}`, { cause });
}
