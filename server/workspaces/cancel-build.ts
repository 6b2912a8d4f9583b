import { decide } from "#authz/decide.ts";
import { templateObject } from "#authz/object.ts";
import type { Access } from "../access/access.ts";
import type { WorkspaceBuildId } from "../ids.ts";
import { cancelJob } from "../provisioning/cancel-job.ts";
import { WORKSPACE_BUILD } from "./build-job.ts";
import { getBuild } from "./read-builds.ts";
import { getWorkspace } from "./read-workspaces.ts";

/**
 * Cancels a build. A build that no daemon has taken yet can always be canceled, a running one only if the template allows it or the user
 * may update the template.
 *
 * @param expectStatus cancels only if the job still has this status
 * @throws NotFoundError, ForbiddenError, JobNotCancellableError
 */
export async function cancelBuild(
  access: Access,
  id: WorkspaceBuildId,
  expectStatus: "running" | "pending" | undefined,
): Promise<"canceled" | "status_differs" | "forbidden_by_template"> {
  const { workspace_id: workspaceId, job } = await getBuild(access, id);
  if (expectStatus !== undefined && job.job_status !== expectStatus) return "status_differs";
  const workspace = await getWorkspace(access, workspaceId);
  if (job.job_status !== "pending" && !workspace.template_allow_user_cancel_workspace_jobs) {
    const template = templateObject({ id: workspace.template_id, organizationId: workspace.organization_id });
    if (decide(access.subject, "update", template).kind === "denied") return "forbidden_by_template";
  }
  await cancelJob(access, [WORKSPACE_BUILD], job.id, expectStatus);
  return "canceled";
}
