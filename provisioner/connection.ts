import { Metadata } from "@grpc/grpc-js";
import {
  BUILD_VERSION,
  DAEMON_API_VERSION,
  DAEMON_DOWNLOADS_STATES,
  DAEMON_KEY,
  DAEMON_NAME,
  DAEMON_PROVISIONERS,
  PROVISIONER_API_LEVEL,
} from "#proto/call-metadata.ts";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import type { GrpcClient } from "#proto/grpc.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import type { StatusName } from "#proto/status.ts";
import { dial } from "#transport/dial.ts";

type DaemonMethods = typeof ProvisionerDaemon extends { method: infer M } ? M : never;
export type DaemonClient = GrpcClient<DaemonMethods>;

/** Same limit as in the server: a job contains a template archive and a state, and its completion a state. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Opens a client of the server's provisioner service, for the whole life of a daemon. Calls have no default limit, because waiting for a
 * job has none.
 *
 * @param serverUrl the server's address, as {@link dial} takes it
 * @throws TypeError if it is not a URL, or neither http nor https
 */
export function openDaemonClient(serverUrl: string): DaemonClient {
  return dial(ProvisionerDaemon, new URL(serverUrl), {
    maxReceiveBytes: MAX_MESSAGE_BYTES,
    maxSendBytes: MAX_MESSAGE_BYTES,
    // With the default of up to two minutes, every lease would have ended before a restarted server hears from us.
    reconnect: { minMs: 100, maxMs: 3_000 },
  });
}

/** Builds the metadata that identifies the daemon in every call. */
export function callMetadata(daemon: { readonly key: string; readonly name: string }): Metadata {
  const metadata = new Metadata();
  metadata.set(DAEMON_KEY, daemon.key);
  metadata.set(DAEMON_NAME, daemon.name);
  metadata.set(DAEMON_API_VERSION, PROVISIONER_API_LEVEL);
  metadata.set(DAEMON_PROVISIONERS, "terraform");
  metadata.set(DAEMON_DOWNLOADS_STATES, "1");
  metadata.set(BUILD_VERSION, PROGRAM_VERSION);
  return metadata;
}

/** Codes that a retry will not change: the server has understood the call, and refuses. */
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
