/**
 * Creates a gRPC client from a server's URL. The agent and the provisioner daemon both connect this way; where they differ, there is an
 * option.
 */
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import { ChannelCredentials, type ClientOptions, InterceptingCall, type Interceptor } from "@grpc/grpc-js";
import { createClient, type GrpcClient } from "#proto/grpc.ts";

export interface DialOptions {
  /** Sent with every call, on top of the call's own metadata. Default: nothing. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Limit for calls without a limit of their own, in milliseconds. Default: none, which a call that waits for work needs. */
  readonly callLimitMs?: number;
  /** The largest message that we accept. Default: 4 MiB, the default of grpc-js. */
  readonly maxReceiveBytes?: number;
  /** The largest message that we send. Default: no limit except the server's. */
  readonly maxSendBytes?: number;
  /**
   * How often to ping the server during calls, and how long to wait for the answer before the connection counts as dead.
   * Default: never, for a caller that notices a dead connection by itself.
   */
  readonly keepalive?: { readonly everyMs: number; readonly answerWithinMs: number };
  /** Waits between the channel's own attempts to connect. Default: those of grpc-js, from 1 s to 2 minutes. */
  readonly reconnect?: { readonly minMs: number; readonly maxMs: number };
  /** `shared` (default): clients with the same address and options share one connection and its failures. `own`: a separate connection. */
  readonly connection?: "shared" | "own";
  /** Whether gRPC itself retries calls without an answer. Default: true. */
  readonly retries?: boolean;
  /**
   * Whether connections to a loopback address also use the proxy of the environment (`grpc_proxy`, `https_proxy`, `http_proxy`; see also
   * `no_proxy`). Default: false, because the proxy's loopback is another machine's. Other addresses always use it.
   */
  readonly proxyForLoopback?: boolean;
}

/**
 * Creates a client of one service. It connects with the first call; `close` ends it.
 *
 * @param url `http:` means plaintext HTTP/2, `https:` TLS with Node's root certificates. gRPC has its own paths, so a path is ignored
 * @throws TypeError for any other scheme
 */
export function dial<M extends GenServiceMethods>(service: GenService<M>, url: URL, options: DialOptions = {}): GrpcClient<M> {
  const { address, isSecure, isLoopback } = targetOf(url);
  const credentials = isSecure ? ChannelCredentials.createSsl() : ChannelCredentials.createInsecure();
  const goesDirect = isLoopback && options.proxyForLoopback !== true;
  return createClient(service, address, credentials, {
    ...channelOptions(options),
    ...((options.metadata ?? options.callLimitMs) !== undefined && { interceptors: [withDefaults(options)] }),
    ...(goesDirect && { "grpc.enable_http_proxy": 0 }),
  });
}

/** Returns the address for a server's URL. @throws TypeError if the scheme is neither http nor https */
export function targetOf(url: URL): { readonly address: string; readonly isSecure: boolean; readonly isLoopback: boolean } {
  const isSecure = url.protocol === "https:";
  if (!isSecure && url.protocol !== "http:") {
    throw new TypeError(`cannot connect to ${url.protocol}//${url.host}: the scheme is unknown; expected an http:// or https:// address`);
  }
  return {
    // A URL omits the default port of its scheme. Its hostname includes the brackets of an IPv6 address.
    address: `${url.hostname}:${url.port || (isSecure ? "443" : "80")}`,
    isSecure,
    isLoopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
  };
}

function channelOptions({ maxReceiveBytes, maxSendBytes, keepalive, reconnect, connection, retries }: DialOptions): ClientOptions {
  return {
    ...(maxReceiveBytes !== undefined && { "grpc.max_receive_message_length": maxReceiveBytes }),
    ...(maxSendBytes !== undefined && { "grpc.max_send_message_length": maxSendBytes }),
    ...(keepalive && { "grpc.keepalive_time_ms": keepalive.everyMs, "grpc.keepalive_timeout_ms": keepalive.answerWithinMs }),
    ...(reconnect && {
      "grpc.initial_reconnect_backoff_ms": reconnect.minMs,
      "grpc.min_reconnect_backoff_ms": reconnect.minMs,
      "grpc.max_reconnect_backoff_ms": reconnect.maxMs,
    }),
    ...(connection === "own" && { "grpc.use_local_subchannel_pool": 1 }),
    ...(retries === false && { "grpc.enable_retries": 0 }),
  };
}

function withDefaults({ metadata = {}, callLimitMs }: DialOptions): Interceptor {
  return (call, next) => {
    const deadline = call.deadline ?? (callLimitMs === undefined ? undefined : Date.now() + callLimitMs);
    return new InterceptingCall(next(deadline === undefined ? call : { ...call, deadline }), {
      start: (sent, listener, start) => {
        for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
        start(sent, listener);
      },
    });
  };
}
