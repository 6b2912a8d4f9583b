import type { Response } from "#sdk/response.ts";

/** An answer that makes sense only in HTTP: wrong credentials, an unknown route, a bad header. All other errors are DomainErrors. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly body: Response;

  constructor(status: number, body: Response, options?: ErrorOptions) {
    super(body.message, options);
    this.status = status;
    this.body = body;
  }
}
