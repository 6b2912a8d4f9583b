/** Translates wire enums, which are open and whose numbers must not reach the database, into our own words. */
import { LogLevel as WireLogLevel } from "#proto/gen/provisioner_pb.js";
import { LogSource as WireLogSource } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { LogLevel, LogSource } from "../database/tables/provisioning.ts";

const LOG_LEVELS: ReadonlyMap<WireLogLevel, LogLevel> = new Map([
  [WireLogLevel.TRACE, "trace"],
  [WireLogLevel.DEBUG, "debug"],
  [WireLogLevel.INFO, "info"],
  [WireLogLevel.WARN, "warn"],
  [WireLogLevel.ERROR, "error"],
]);

const LOG_SOURCES: ReadonlyMap<WireLogSource, LogSource> = new Map([
  [WireLogSource.PROVISIONER_DAEMON, "provisioner_daemon"],
  [WireLogSource.PROVISIONER, "provisioner"],
]);

export const logLevel = (wire: WireLogLevel): LogLevel => knownName(LOG_LEVELS, wire, "log level");
export const logSource = (wire: WireLogSource): LogSource => knownName(LOG_SOURCES, wire, "log source");

/** @param what names the enum in the error. @throws StatusError INVALID_ARGUMENT for a number without a name */
export function knownName<K extends number, V>(names: ReadonlyMap<K, V>, wire: K, what: string): V {
  const name = names.get(wire);
  if (name === undefined) throw new StatusError("INVALID_ARGUMENT", `unknown ${what} ${wire}`);
  return name;
}
