import type { JobId, ResourceId } from "../../ids.ts";
import type { Uuid } from "./column-values.ts";
import type { Transition } from "./workspaces.ts";

/** What Terraform made or would make: the resources and modules of a job. */
export interface ResourcesTables {
  workspace_resources: {
    id: ResourceId;
    job_id: JobId;
    transition: Transition;
    type: string;
    name: string;
    hide: boolean;
    icon: string;
    instance_type: string | null;
    daily_cost: number;
    module_path: string;
    /** The position among the job's resources, as the daemon sent them. */
    position: number;
    created_at: Date;
  };
  workspace_resource_metadata: { workspace_resource_id: ResourceId; position: number; key: string; value: string; sensitive: boolean };
  workspace_modules: {
    id: Uuid;
    job_id: JobId;
    transition: Transition;
    source: string;
    version: string;
    key: string;
    created_at: Date;
  };
}
