import { ChannelCredentials, type ClientOptions, Metadata } from "@grpc/grpc-js";
import {
  BUILD_VERSION,
  DAEMON_API_VERSION,
  DAEMON_KEY,
  DAEMON_NAME,
  DAEMON_PROVISIONERS,
  PROVISIONER_API_LEVEL,
} from "#proto/call-metadata.ts";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { createClient, type GrpcClient } from "#proto/grpc.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import type { StatusName } from "#proto/status.ts";

type DaemonMethods = typeof ProvisionerDaemon extends { method: infer M } ? M : never;
export type DaemonClient = GrpcClient<DaemonMethods>;

/** Both ends agree on it: a job carries a template archive and a state, and its completion a state. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const CHANNEL_OPTIONS: ClientOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  // The default grows to two minutes: a server that restarts would find every lease ended before it hears from us.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.min_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 3_000,
};

/** @param serverUrl `http://` for plaintext HTTP/2, `https://` for TLS; a path is not used */
export function connect(serverUrl: string): DaemonClient {
  const url = new URL(serverUrl);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new TypeError(`server URL ${serverUrl} is neither http nor https`);
  const isSecure = url.protocol === "https:";
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return createClient(
    ProvisionerDaemon,
    `${url.hostname}:${port}`,
    isSecure ? ChannelCredentials.createSsl() : ChannelCredentials.createInsecure(),
    { ...CHANNEL_OPTIONS, ...(isLoopback && { "grpc.enable_http_proxy": 0 }) },
  );
}

/** Who we are, sent with every call. */
export function callMetadata(daemon: { readonly key: string; readonly name: string }): Metadata {
  const metadata = new Metadata();
  metadata.set(DAEMON_KEY, daemon.key);
  metadata.set(DAEMON_NAME, daemon.name);
  metadata.set(DAEMON_API_VERSION, PROVISIONER_API_LEVEL);
  metadata.set(DAEMON_PROVISIONERS, "terraform");
  metadata.set(BUILD_VERSION, PROGRAM_VERSION);
  return metadata;
}

/** Answers that another try will not change: the server has understood, and refuses. */
const FINAL: ReadonlySet<StatusName> = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "FAILED_PRECONDITION",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
]);

export function isFinal(code: StatusName): boolean {
  return FINAL.has(code);
}
