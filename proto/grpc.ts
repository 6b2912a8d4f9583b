/**
 * The bridge between protobuf-es descriptors and grpc-js: one service descriptor gives typed server handlers and a typed client.
 * Nothing here depends on what the messages mean, and no other code in the project handles grpc-js calls.
 */
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  type ClientReadableStream,
  type ClientWritableStream,
  Metadata,
  type MethodDefinition,
  type Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { drained } from "./drained.ts";
import { bindHandler, type ServerCall } from "./grpc-server.ts";
import { StatusError } from "./status.ts";

type Kind = DescMethod["methodKind"];
type Streamed<T> = AsyncIterable<T>;

export interface CallOptions {
  /** An abort cancels the call, which then rejects with `CANCELLED` and the signal's reason as its cause. */
  readonly signal?: AbortSignal;
  /** The call's deadline, in milliseconds from now. Default: none. */
  readonly timeoutMs?: number;
  readonly metadata?: Metadata;
}

type Handler<K extends Kind, I extends DescMessage, O extends DescMessage> = K extends "unary"
  ? (request: MessageShape<I>, call: ServerCall) => Promise<MessageInitShape<O>>
  : K extends "server_streaming"
    ? (request: MessageShape<I>, call: ServerCall) => Streamed<MessageInitShape<O>>
    : K extends "client_streaming"
      ? (requests: Streamed<MessageShape<I>>, call: ServerCall) => Promise<MessageInitShape<O>>
      : (requests: Streamed<MessageShape<I>>, call: ServerCall) => Streamed<MessageInitShape<O>>;

/** One function per method; a method that is left out answers `UNIMPLEMENTED`. */
export type Handlers<M extends GenServiceMethods> = {
  readonly [K in keyof M]?: Handler<M[K]["methodKind"], M[K]["input"], M[K]["output"]>;
};

type Caller<K extends Kind, I extends DescMessage, O extends DescMessage> = K extends "unary"
  ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
  : K extends "server_streaming"
    ? (request: MessageInitShape<I>, options?: CallOptions) => Streamed<MessageShape<O>>
    : K extends "client_streaming"
      ? (requests: Streamed<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
      : (requests: Streamed<MessageInitShape<I>>, options?: CallOptions) => Streamed<MessageShape<O>>;

/** A client of one service. Every failure is a {@link StatusError}. `close` ends the connection; calling it twice is harmless. */
export type GrpcClient<M extends GenServiceMethods> = {
  readonly [K in keyof M]: Caller<M[K]["methodKind"], M[K]["input"], M[K]["output"]>;
} & { close(): void };

/**
 * Adds a service to a server. Handlers throw {@link StatusError} to refuse; anything else they throw reaches the caller as `INTERNAL`.
 *
 * @param maxRequestBytes a longer message is refused before parsing, which can take many times its size. Default: the server's limit
 */
export function addService<M extends GenServiceMethods>(
  server: Server,
  service: GenService<M>,
  handlers: Handlers<M>,
  onError: (error: unknown, method: string) => void = () => {},
  maxRequestBytes = Number.POSITIVE_INFINITY,
): void {
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const method of service.methods) {
    const handler = handlers[method.localName];
    if (handler === undefined) continue;
    definition[method.localName] = methodDefinition(method, maxRequestBytes);
    implementation[method.localName] = bindHandler(method.methodKind, handler, (error) => onError(error, method.name));
  }
  server.addService(definition as ServiceDefinition, implementation);
}

/**
 * A client of one service.
 *
 * @param address grpc-js target: `host:port`, or `unix:` and a path
 */
export function createClient<M extends GenServiceMethods>(
  service: GenService<M>,
  address: string,
  credentials: ChannelCredentials,
  options: ClientOptions = {},
): GrpcClient<M> {
  const client = new Client(address, credentials, options);
  const calls: Record<string, unknown> = { close: () => client.close() };
  for (const method of service.methods) calls[method.localName] = caller(client, method);
  return calls as GrpcClient<M>;
}

/**
 * Serializes a message that is sent many times and never changes. Whenever this very object is sent, the same bytes are used.
 */
export function serializedOnce<S extends DescMessage>(schema: S, init: MessageInitShape<S>): MessageShape<S> {
  const message = create(schema, init);
  bytesOfMessages.set(message, toBinary(schema, message));
  return message;
}

const bytesOfMessages = new WeakMap<object, Uint8Array<ArrayBuffer>>();

function methodDefinition(method: DescMethod, maxRequestBytes = Number.POSITIVE_INFINITY): MethodDefinition<unknown, unknown> {
  const codec = (schema: DescMessage, maxBytes = Number.POSITIVE_INFINITY) => ({
    serialize: (message: unknown) => {
      const bytes = bytesOfMessages.get(message as object) ?? toBinary(schema, create(schema, message as MessageInitShape<DescMessage>));
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    deserialize: (bytes: Buffer) => {
      if (bytes.length > maxBytes) throw new RangeError(`the message has ${bytes.length} bytes, but at most ${maxBytes} are allowed`);
      return fromBinary(schema, bytes);
    },
  });
  const [input, output] = [codec(method.input, maxRequestBytes), codec(method.output)];
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: input.serialize,
    requestDeserialize: input.deserialize,
    responseSerialize: output.serialize,
    responseDeserialize: output.deserialize,
  };
}

interface Cancellable {
  cancel(): void;
}

function caller(client: Client, method: DescMethod): unknown {
  const { path, requestSerialize, responseDeserialize } = methodDefinition(method);
  const prepare = (options: CallOptions = {}) => ({
    metadata: options.metadata ?? new Metadata(),
    callOptions: options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs },
    signal: options.signal,
  });
  const answered = (
    start: (done: (error: Error | null, response?: unknown) => void) => Cancellable,
    signal: AbortSignal | undefined,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const release = (): void => signal?.removeEventListener("abort", abort);
      const call = start((error, response) => {
        release();
        if (error === null) resolve(response);
        else reject(signal?.aborted ? cancelled(signal) : StatusError.from(error));
      });
      const abort = (): void => call.cancel();
      signal?.addEventListener("abort", abort, { once: true });
    });

  switch (method.methodKind) {
    case "unary":
      return (request: unknown, options?: CallOptions) => {
        const { metadata, callOptions, signal } = prepare(options);
        return answered(
          (done) => client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, callOptions, done),
          signal,
        );
      };
    case "client_streaming":
      return (requests: Streamed<unknown>, options?: CallOptions) => {
        const { metadata, callOptions, signal } = prepare(options);
        return answered((done) => {
          const call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, callOptions, done);
          void pump(requests, call);
          return call;
        }, signal);
      };
    case "server_streaming":
      return (request: unknown, options?: CallOptions) => {
        const { metadata, callOptions, signal } = prepare(options);
        return responses(
          () => client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, callOptions),
          signal,
        );
      };
    case "bidi_streaming":
      return (requests: Streamed<unknown>, options?: CallOptions) => {
        const { metadata, callOptions, signal } = prepare(options);
        return responses(() => {
          const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, callOptions);
          void pump(requests, call);
          return call;
        }, signal);
      };
  }
}

/** Leaving the loop early cancels the call. */
async function* responses(start: () => ClientReadableStream<unknown>, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  if (signal?.aborted) throw cancelled(signal);
  const call = start();
  const abort = (): void => call.cancel();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    yield* call;
  } catch (error) {
    throw signal?.aborted ? cancelled(signal) : StatusError.from(error);
  } finally {
    signal?.removeEventListener("abort", abort);
    // A late error of a call that nobody listens to anymore must not end the process.
    call.on("error", () => {});
    call.cancel();
  }
}

/** Writes with backpressure. If the source throws, the call is canceled, and its failure reaches the caller. */
async function pump(requests: Streamed<unknown>, call: ClientWritableStream<unknown>): Promise<void> {
  try {
    for await (const request of requests) {
      if (call.destroyed || call.writableEnded) return;
      if (!call.write(request)) await drained(call, ["close", "error"]);
    }
    call.end();
  } catch {
    call.cancel();
  }
}

function cancelled(signal: AbortSignal): StatusError {
  return new StatusError("CANCELLED", "the call was canceled", { cause: signal.reason });
}
