/** Translates the wire enums of apps, which are open and whose numbers must not reach the database, into our own words. */
import { AppOpenIn, AppSharingLevel } from "#proto/gen/provisioner_pb.js";
import type { AppSharingLevel as SharingLevel } from "../database/tables/apps.ts";

/** Returns the most restrictive level for an unknown one. */
export function sharingLevel(wire: AppSharingLevel): SharingLevel {
  if (wire === AppSharingLevel.PUBLIC) return "public";
  return wire === AppSharingLevel.AUTHENTICATED ? "authenticated" : "owner";
}

export function openIn(wire: AppOpenIn): "tab" | "slim-window" {
  return wire === AppOpenIn.TAB ? "tab" : "slim-window";
}
