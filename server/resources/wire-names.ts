/** Wire enums are open, and their numbers are not for the database: here those of apps become our own words. */
import { AppOpenIn, AppSharingLevel } from "#proto/gen/provisioner_pb.js";
import type { AppSharingLevel as SharingLevel } from "../database/tables.ts";

/** The least for what we do not know. */
export function sharingLevel(wire: AppSharingLevel): SharingLevel {
  if (wire === AppSharingLevel.PUBLIC) return "public";
  return wire === AppSharingLevel.AUTHENTICATED ? "authenticated" : "owner";
}

export function openIn(wire: AppOpenIn): "tab" | "slim-window" {
  return wire === AppOpenIn.TAB ? "tab" : "slim-window";
}
