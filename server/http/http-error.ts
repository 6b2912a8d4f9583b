import type { Response } from "#sdk/response.ts";

/** An answer that only makes sense in HTTP: wrong credentials, an unknown route, a bad header. Everything else is a DomainError. */
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
