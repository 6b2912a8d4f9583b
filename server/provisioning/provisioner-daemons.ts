import type { Context } from "../access/context.ts";
import { permittedDaemons } from "../access/permitted-rows.ts";
import type { Row } from "../database/tables.ts";
import type { OrganizationId } from "../ids.ts";

export type ProvisionerDaemon = Row<"provisioner_daemons"> & {
  readonly key_name: string;
  readonly current_job_id: string | null;
  readonly previous_job_id: string | null;
};

export interface ProvisionerDaemons {
  /** Newest first. */
  list(organizationId: OrganizationId): Promise<readonly ProvisionerDaemon[]>;
}

export function createProvisionerDaemons(context: Context): ProvisionerDaemons {
  return {
    list: (organizationId) =>
      context.db
        .selectFrom("provisioner_daemons as daemon")
        .innerJoin("provisioner_keys as key", "key.id", "daemon.key_id")
        .selectAll("daemon")
        .select("key.name as key_name")
        .select((eb) => [
          eb
            .selectFrom("provisioner_jobs as job")
            .select("job.id")
            .whereRef("job.worker_id", "=", "daemon.id")
            .where("job.completed_at", "is", null)
            .limit(1)
            .as("current_job_id"),
          eb
            .selectFrom("provisioner_jobs as job")
            .select("job.id")
            .whereRef("job.worker_id", "=", "daemon.id")
            .where("job.completed_at", "is not", null)
            .orderBy("job.completed_at", "desc")
            .limit(1)
            .as("previous_job_id"),
        ])
        .where("daemon.organization_id", "=", organizationId)
        .where(permittedDaemons(context, "read", "daemon"))
        .orderBy("daemon.created_at", "desc")
        .execute(),
  };
}
