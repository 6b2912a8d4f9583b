import type { Response, ValidationError } from "./response.ts";

/** An error response of the server. `status` is for programs; `message` and `detail` are for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The internal cause, or the reason for a refusal; empty if the server gave none. */
  readonly detail: string;
  /** One entry for each invalid field; empty if the error does not concern a field. */
  readonly validations: readonly ValidationError[];
  /** Method and path, without the query, which may contain credentials. */
  readonly request: string;

  constructor(request: string, status: number, body: Response) {
    super(body.message);
    this.request = request;
    this.status = status;
    this.detail = body.detail ?? "";
    this.validations = body.validations ?? [];
  }

  /** Reads an error response. A body that does not have the form of our errors, such as a proxy's page, becomes the message. */
  static async from(request: string, answer: globalThis.Response): Promise<ApiError> {
    const text = await answer.text().catch(() => "");
    const body = parseResponse(text) ?? { message: text.trim().slice(0, 1_000) || `the server returned status ${answer.status}` };
    return new ApiError(request, answer.status, body);
  }
}

/** Checks by hand, without the schema of `Response`: it is the client's only check of a response, and loading TypeBox takes 100 ms. */
function parseResponse(text: string): Response | undefined {
  const body = parseJson(text);
  if (!isRecord(body) || typeof body.message !== "string") return undefined;
  const { message, detail, validations } = body;
  if (detail !== undefined && typeof detail !== "string") return undefined;
  if (validations !== undefined && !(Array.isArray(validations) && validations.every(isValidationError))) return undefined;
  return { message, ...(detail === undefined ? {} : { detail }), ...(validations === undefined ? {} : { validations }) };
}

function isValidationError(value: unknown): value is ValidationError {
  return isRecord(value) && typeof value.field === "string" && typeof value.detail === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
