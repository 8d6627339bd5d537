import * as z from "zod";
import { AppError } from "../error/app-error.ts";
import { WIRE_VERSION } from "../wire/wire.ts";

const versionSchema = z.object({ version: z.int() });

/** An agent's JSON as the schema has it. Throws AppError `batch_malformed` or `version_unsupported`. */
export function parseBody<T>(schema: z.ZodType<T>, text: string): T {
  const json = parseJson(text);
  const version = versionSchema.safeParse(json).data?.version;
  if (version !== undefined && version !== WIRE_VERSION) {
    throw new AppError(
      "version_unsupported",
      `The agent speaks version ${version}, this Banwatch speaks ${WIRE_VERSION}: update the older of the two.`,
      { detail: { supported: [WIRE_VERSION] } },
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") || "the body";
  throw new AppError("batch_malformed", `The request can't be read: ${path}: ${issue?.message ?? ""}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("batch_malformed", "The body is not JSON.", { cause });
  }
}
