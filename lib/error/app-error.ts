/** Every code that an API answers with. A code is stable: an agent or a script may act on it. */
const ERROR_STATUS = {
  not_signed_in: 401,
  not_allowed: 403,
  not_found: 404,
  invalid: 400,
  conflict: 409,
  too_many: 429,
  unknown_key: 401,
  key_revoked: 403,
  signature_invalid: 401,
  clock_skew: 401,
  join_token_invalid: 403,
  batch_malformed: 400,
  batch_too_large: 413,
  sequence_gap: 409,
  batch_repeated: 409,
  version_unsupported: 426,
  not_bannable: 422,
  expired: 410,
  demo: 403,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An expected refusal: `message` is a sentence for a person, `detail` is sent along for a program. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; detail?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.detail = options.detail ?? {};
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}
