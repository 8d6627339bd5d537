import { randomUUID } from "node:crypto";
import { ZodError } from "zod";
import { AppError } from "./app-error.ts";

/**
 * The answer of a route handler to anything that was thrown: `{ error: { code, message, ...detail } }`. What isn't an
 * `AppError` is never shown: the log has it under the id that the message names.
 */
export function answerError(error: unknown): Response {
  const refusal = refusalOf(error);
  return Response.json(
    { error: { ...refusal.detail, code: refusal.code, message: refusal.message } },
    { status: refusal.status, headers: { "cache-control": "no-store" } },
  );
}

/** What a person or an agent may know of what was thrown. */
export function refusalOf(error: unknown): AppError {
  if (error instanceof AppError && error.code !== "internal") return error;
  if (error instanceof ZodError) {
    const issue = error.issues[0];
    const path = issue?.path.join(".") ?? "";
    return new AppError(
      "invalid",
      `The request can't be read: ${path === "" ? "" : `${path}: `}${issue?.message ?? ""}.`,
    );
  }
  const id = randomUUID();
  console.error(`Error ${id}:`, error);
  return new AppError("internal", `Something went wrong in Banwatch; its log has the details under ${id}.`, {
    detail: { id },
  });
}
