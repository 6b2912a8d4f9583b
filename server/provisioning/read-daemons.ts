import type { Context } from "../access/context.ts";
import { permittedDaemons } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import type { OrganizationId } from "../ids.ts";
import { findDaemonsOf, type ProvisionerDaemon } from "./daemon-rows.ts";

/** Lists an organization's daemons, newest first. */
export const listDaemons = ruled(
  "provisionerDaemons.list",
  (context: Context, organizationId: OrganizationId): Promise<readonly ProvisionerDaemon[]> =>
    findDaemonsOf(context.db, organizationId, permittedDaemons(context, "read", "daemon")),
);
