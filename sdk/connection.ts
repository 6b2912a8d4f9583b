/** The client's HTTP layer: requests and log streams. The paths are defined in api-calls.ts. */
import { ApiError } from "./api-error.ts";

export interface ClientOptions {
  /** A session key, API token or agent token. Without one, only the few public endpoints are available. */
  readonly sessionToken?: string;
  /** Default: `proviso-sdk`. */
  readonly userAgent?: string;
}

export interface RequestOptions {
  /** Aborting ends the wait, but the server may still execute the request. */
  readonly signal?: AbortSignal | undefined;
}

interface Call extends RequestOptions {
  readonly body?: unknown;
  /** Sent unchanged with this content type, instead of JSON. */
  readonly bytes?: { readonly content: Uint8Array<ArrayBuffer>; readonly type: string };
  /** Sent as it comes, with this content type. */
  readonly stream?: { readonly content: ReadableStream<Uint8Array>; readonly type: string };
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
}

export class Connection {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, options: ClientOptions) {
    this.url = url.replace(/\/+$/, "");
    this.#headers = { "User-Agent": options.userAgent ?? "proviso-sdk" };
    // Sent in a header, never in a query parameter, because URLs end up in logs.
    if (options.sessionToken !== undefined) this.#headers["Coder-Session-Token"] = options.sessionToken;
  }

  /**
   * Returns the response in the form of the endpoint's schema. The body is not checked against the schema: a newer server may add keys and
   * enum values, and these must not break an older client. So the client needs no schemas at run time, and starts without loading them.
   *
   * @throws ApiError for every status outside 200 to 299
   * @throws TypeError with a cause if the server cannot be reached
   */
  async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    const answer = await this.send(method, path, call);
    return (await answer.json()) as T;
  }

  async bytes(method: string, path: string, call: Call = {}): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.send(method, path, call)).arrayBuffer());
  }

  async text(method: string, path: string, call: Call = {}): Promise<string> {
    return (await this.send(method, path, call)).text();
  }

  /** Asks an endpoint that answers with its status: success means yes, 404 means no. */
  async answersYes(method: string, path: string, call: Call = {}): Promise<boolean> {
    try {
      await this.done(method, path, call);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Calls an endpoint whose body adds nothing to the status. */
  async done(method: string, path: string, call: Call = {}): Promise<void> {
    await (await this.send(method, path, call)).body?.cancel();
  }

  async send(method: string, path: string, call: Call): Promise<Response> {
    const headers = { ...this.#headers };
    const init: RequestInit = { method, headers, redirect: "manual" };
    if (call.signal !== undefined) init.signal = call.signal;
    if (call.bytes !== undefined) {
      headers["Content-Type"] = call.bytes.type;
      init.body = call.bytes.content;
    } else if (call.stream !== undefined) {
      headers["Content-Type"] = call.stream.type;
      init.body = call.stream.content;
      // The standard demands it for streams: the answer is read when all was sent.
      init.duplex = "half";
    } else if (call.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(call.body);
    }
    const answer = await fetch(this.#address(path, call.query), init);
    if (!answer.ok) throw await ApiError.from(`${method} ${path}`, answer);
    return answer;
  }

  /**
   * Yields the text frames of a websocket, in order, until the server closes it. Leaving the loop early closes it on our side.
   *
   * It uses Node's own WebSocket, which accepts headers as an extension of the standard constructor.
   *
   * @throws ApiError if the server refuses before the upgrade
   */
  async *frames(path: string, call: Pick<Call, "query" | "signal"> = {}): AsyncGenerator<string> {
    call.signal?.throwIfAborted();
    const address = this.#address(path, call.query).replace(/^http/, "ws");
    const socket = new WebSocket(address, { headers: this.#headers });
    const queue: string[] = [];
    let wake = Promise.withResolvers<void>();
    let end: { readonly code: number; readonly reason: string } | undefined;
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
    });
    socket.addEventListener("message", (event) => {
      queue.push(String(event.data));
      wake.resolve();
    });
    // A close event follows every failure, and its code is more informative than the error event.
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", (event) => {
      end = { code: event.code, reason: event.reason };
      wake.resolve();
    });
    const abort = (): void => wake.resolve();
    call.signal?.addEventListener("abort", abort, { once: true });
    try {
      for (;;) {
        call.signal?.throwIfAborted();
        yield* queue.splice(0);
        if (end !== undefined && queue.length === 0) break;
        if (queue.length === 0) await wake.promise;
        wake = Promise.withResolvers();
      }
      if (end.code === 1000) return;
      if (!opened) await this.#explainRefusal(path, call);
      throw new Error(`the stream ${path} ended early (${end.code}${end.reason === "" ? "" : `: ${end.reason}`})`);
    } finally {
      call.signal?.removeEventListener("abort", abort);
      socket.close();
    }
  }

  /** A websocket does not report the status of a refusal, so this requests the same path with plain HTTP. */
  async #explainRefusal(path: string, call: Pick<Call, "query" | "signal">): Promise<void> {
    const { follow: _follow, ...query } = call.query ?? {};
    await this.done("GET", path, { query, signal: call.signal });
  }

  #address(path: string, query: Call["query"] = {}): string {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
    return `${this.url}${path}${search.size === 0 ? "" : `?${search}`}`;
  }
}

/**
 * Builds a path from literal parts and names. Names are escaped, so that no name can reach another route.
 *
 * @throws TypeError for `.` and `..`: no escape keeps these from leading to another path, and nothing on a server has such a name
 */
export function path(parts: TemplateStringsArray, ...names: readonly (string | number)[]): string {
  return parts.reduce((whole, part, at) => whole + segment(String(names[at - 1])) + part);
}

function segment(name: string): string {
  if (name === "." || name === "..") throw new TypeError(`${JSON.stringify(name)} is not a valid name or ID: it would change the address`);
  return encodeURIComponent(name);
}
