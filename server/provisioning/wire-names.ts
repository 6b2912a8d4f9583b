/** Wire enums are open, and their numbers are not for the database: here they become our own words. */
import { AppOpenIn, AppSharingLevel, ParameterFormType, LogLevel as WireLogLevel } from "#proto/gen/provisioner_pb.js";
import { LogSource as WireLogSource } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { AppSharingLevel as SharingLevel } from "../database/tables/apps.ts";
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

const FORM_TYPES: ReadonlyMap<ParameterFormType, string> = new Map([
  [ParameterFormType.DEFAULT, ""],
  [ParameterFormType.FORM_ERROR, "error"],
  [ParameterFormType.RADIO, "radio"],
  [ParameterFormType.DROPDOWN, "dropdown"],
  [ParameterFormType.INPUT, "input"],
  [ParameterFormType.TEXTAREA, "textarea"],
  [ParameterFormType.SLIDER, "slider"],
  [ParameterFormType.CHECKBOX, "checkbox"],
  [ParameterFormType.SWITCH, "switch"],
  [ParameterFormType.TAGSELECT, "tag-select"],
  [ParameterFormType.MULTISELECT, "multi-select"],
]);

export const logLevel = (wire: WireLogLevel): LogLevel => known(LOG_LEVELS, wire, "log level");
export const logSource = (wire: WireLogSource): LogSource => known(LOG_SOURCES, wire, "log source");
export const formType = (wire: ParameterFormType): string => known(FORM_TYPES, wire, "parameter form type");

/** The least for what we do not know. */
export function sharingLevel(wire: AppSharingLevel): SharingLevel {
  if (wire === AppSharingLevel.PUBLIC) return "public";
  return wire === AppSharingLevel.AUTHENTICATED ? "authenticated" : "owner";
}

export function openIn(wire: AppOpenIn): "tab" | "slim-window" {
  return wire === AppOpenIn.TAB ? "tab" : "slim-window";
}

function known<K extends number, V>(names: ReadonlyMap<K, V>, wire: K, what: string): V {
  const name = names.get(wire);
  if (name === undefined) throw new StatusError("INVALID_ARGUMENT", `unknown ${what} ${wire}`);
  return name;
}
