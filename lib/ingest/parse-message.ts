import * as z from "zod";
import { AppError } from "../error/app-error.ts";
import { WIRE_VERSION } from "../wire/wire.ts";

const LIMITS = new Set(["too_big"]);

/**
 * What an agent sent, as the schema has it. Throws AppError `version_unsupported` when it speaks another version,
 * `batch_too_large` when it has too many events, and `batch_malformed` (which names the first fault) otherwise.
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  const message = parseJson(text);
  refuseOtherVersion(message);
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") ?? "";
  if (issue !== undefined && LIMITS.has(issue.code) && isListOfEvents(issue.path)) {
    throw new AppError("batch_too_large", `There are too many events in one message (${path}).`);
  }
  throw new AppError(
    "batch_malformed",
    `The message can't be read: ${path === "" ? "" : `${path}: `}${issue?.message ?? "it is malformed"}.`,
    { detail: { path } },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("batch_malformed", "The message is not JSON.", { cause });
  }
}

function refuseOtherVersion(message: unknown): void {
  if (typeof message !== "object" || message === null || !("version" in message)) return;
  if (typeof message.version !== "number" || message.version === WIRE_VERSION) return;
  throw new AppError(
    "version_unsupported",
    `This agent speaks version ${message.version} of the protocol and the app speaks version ${WIRE_VERSION}: use the agent that belongs to the app.`,
    { detail: { version: WIRE_VERSION } },
  );
}

/** `events`, and `enforcers.3.bans`: the lists whose length is limited. */
function isListOfEvents(path: readonly PropertyKey[]): boolean {
  const last = path.at(-1);
  return last === "events" || last === "bans" || last === "enforcers";
}
