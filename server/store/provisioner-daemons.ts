import type { OrganizationId } from "../ids.ts";
import type { Row } from "./tables.ts";

export type ProvisionerDaemon = Row<"provisioner_daemons"> & {
  readonly key_name: string;
  readonly current_job_id: string | null;
  readonly previous_job_id: string | null;
};

export interface ProvisionerDaemons {
  /** Newest first. */
  list(organizationId: OrganizationId): Promise<readonly ProvisionerDaemon[]>;
}
