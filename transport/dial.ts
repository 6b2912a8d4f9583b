/**
 * From a server's URL to a gRPC client. The agent and the provisioner daemon both reach the server this way; where they differ, the
 * difference is an option here.
 */
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import { ChannelCredentials, type ClientOptions, InterceptingCall, type Interceptor } from "@grpc/grpc-js";
import { createClient, type GrpcClient } from "#proto/grpc.ts";

export interface DialOptions {
  /** Sent with every call, on top of the call's own metadata. Default: nothing. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How long a call may take that sets no limit of its own, in milliseconds. Default: for ever, which a call that waits for work needs. */
  readonly callLimitMs?: number;
  /** The largest message that we take. Default: 4 MiB, which is grpc-js's own. */
  readonly maxReceiveBytes?: number;
  /** The largest message that we send. Default: no limit but the server's. */
  readonly maxSendBytes?: number;
  /**
   * How often to ask for a sign of life while calls are under way, and how long to wait for it before the connection counts as dead.
   * Default: never, for a caller that notices by itself.
   */
  readonly keepalive?: { readonly everyMs: number; readonly answerWithinMs: number };
  /** Waits between the channel's own tries to connect. Default: grpc-js's, from 1 s up to 2 minutes. */
  readonly reconnect?: { readonly minMs: number; readonly maxMs: number };
  /** `shared` (default): clients with one address and the same options use one connection, and know of its failures. `own`: one for itself. */
  readonly connection?: "shared" | "own";
  /** Whether gRPC itself repeats calls that got no answer. Default: true. */
  readonly retries?: boolean;
  /**
   * Whether the proxy that the environment names (`grpc_proxy`, `https_proxy`, `http_proxy`; see also `no_proxy`) is asked for a loopback
   * address too. Default: false, since a proxy's loopback is another machine's. Other addresses always go through it.
   */
  readonly proxyForLoopback?: boolean;
}

/**
 * A client of one service. It connects with the first call; `close` ends it.
 *
 * @param url `http:` is plaintext HTTP/2, `https:` TLS with Node's root certificates. gRPC has its own paths, so a path in it is ignored
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

/** Where a server's URL leads. @throws TypeError if it is neither http nor https */
export function targetOf(url: URL): { readonly address: string; readonly isSecure: boolean; readonly isLoopback: boolean } {
  const isSecure = url.protocol === "https:";
  if (!isSecure && url.protocol !== "http:") {
    throw new TypeError(`cannot connect to ${url.protocol}//${url.host}: the scheme is unknown; expected an http:// or https:// address`);
  }
  return {
    // A URL drops the port that is its scheme's default. The brackets of an IPv6 address are part of its hostname.
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
