import { decide } from "#authz/decide.ts";
import { templateObject } from "#authz/object.ts";
import type { Subject } from "#authz/subject.ts";
import type { StoreView } from "../access/store.ts";
import type { WorkspaceBuildId } from "../ids.ts";

/**
 * Stops a build. One that no daemon has taken yet may always be stopped; a running one only if the template lets its users, or by
 * who may change the template.
 *
 * @param expectStatus the cancel counts only if the job still has it
 * @throws NotFoundError, ForbiddenError, JobNotCancellableError
 */
export async function cancelBuild(
  { view, subject }: { readonly view: Pick<StoreView, "builds" | "jobs" | "workspaces" | "templates">; readonly subject: Subject },
  id: WorkspaceBuildId,
  expectStatus: "running" | "pending" | undefined,
): Promise<"canceled" | "status_differs" | "forbidden_by_template"> {
  const { workspace_id: workspaceId, job } = await view.builds.get(id);
  if (expectStatus !== undefined && job.job_status !== expectStatus) return "status_differs";
  const workspace = await view.workspaces.get(workspaceId);
  if (job.job_status !== "pending" && !workspace.template_allow_user_cancel_workspace_jobs) {
    const template = templateObject({ id: workspace.template_id, organizationId: workspace.organization_id });
    if (decide(subject, "update", template).kind === "denied") return "forbidden_by_template";
  }
  await view.jobs.cancel(job.id, expectStatus);
  return "canceled";
}
