import { Check } from "typebox/value";
import { Response, type ValidationError } from "./response.ts";

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

function parseResponse(text: string): Response | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return Check(Response, body) ? body : undefined;
  } catch {
    return undefined;
  }
}
