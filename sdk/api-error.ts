import type { Response, ValidationError } from "./response.ts";

/** An answer of the server that is not a success. `status` is for programs, `message` and `detail` are for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The internal cause, or the reason of a refusal; empty when the server gave none. */
  readonly detail: string;
  /** One entry for each field that was wrong; empty when the fault is not in a field. */
  readonly validations: readonly ValidationError[];
  /** Method and path, without query: queries may carry credentials. */
  readonly request: string;

  constructor(request: string, status: number, body: Response) {
    super(body.message);
    this.request = request;
    this.status = status;
    this.detail = body.detail ?? "";
    this.validations = body.validations ?? [];
  }

  /** A body that is not our error form, such as a proxy's page, becomes the message itself. */
  static async from(request: string, answer: globalThis.Response): Promise<ApiError> {
    const text = await answer.text().catch(() => "");
    const body = parseResponse(text) ?? { message: text.trim().slice(0, 1_000) || `the server answered ${answer.status}` };
    return new ApiError(request, answer.status, body);
  }
}

/** By hand and not by the schema of `Response`: this is the client's only check of an answer, and TypeBox costs 100 ms of its start. */
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
