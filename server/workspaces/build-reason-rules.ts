import type { BuildReason } from "../database/tables/workspaces.ts";

const IS_SCHEDULED = {
  initiator: false,
  dashboard: false,
  cli: false,
  ssh_connection: false,
  autostart: true,
  autostop: true,
  dormancy: true,
  autodelete: true,
} as const satisfies Record<BuildReason, boolean>;

/** Whether a build was started by the clock, so that nobody waits for it. */
export function isScheduled(reason: BuildReason | undefined): boolean {
  return reason !== undefined && IS_SCHEDULED[reason];
}
