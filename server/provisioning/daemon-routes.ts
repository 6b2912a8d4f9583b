import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { ProvisionerDaemon, ProvisionerDaemonStatus } from "#sdk/provisioner-daemons.ts";
import type { Access } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { JobId } from "../ids.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import type { JobKinds } from "./job-kind.ts";
import type { Job } from "./job-rows.ts";
import { provisionerDaemonJson } from "./json.ts";
import { parseList } from "./parse-list.ts";
import { listDaemons } from "./read-daemons.ts";
import { getJob } from "./read-jobs.ts";

const params = Type.Object({ organization: Text("name") });

/** Routes about the daemons and their current jobs. */
export function provisionerDaemonRoutes(app: App, { now, kinds }: { readonly now: () => Date; readonly kinds: JobKinds }): void {
  const daemonQuery = Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
    status: Type.Optional(Text("name")),
    offline: Type.Optional(Type.Boolean()),
  });
  app.get(
    "/api/v2/organizations/:organization/provisionerdaemons",
    {
      config: {
        ignoresEmpty: ["ids", "tags", "max_age"],
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "provisioner_daemon:read on each daemon or less",
          "workspace:read on the workspace of each job or less, if it is a build",
          "template:read on the template of each job or less, if it is an import",
        ],
      },
      schema: {
        operationId: "listProvisionerDaemons",
        summary: "List provisioner daemons and their current jobs",
        tags: ["Provisioners"],
        params,
        querystring: daemonQuery,
        response: { 200: Type.Array(ProvisionerDaemon) },
      },
    },
    async (request) => {
      const { limit = 0, offline = false } = request.query;
      const wanted = parseList("status", request.query.status, ProvisionerDaemonStatus.enum);
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const daemons = await listDaemons(access, organizationId);
      const jobs = await visibleJobs(
        access,
        kinds,
        daemons.flatMap((daemon) => [daemon.current_job_id, daemon.previous_job_id]),
      );
      const shown = daemons
        .map((daemon) => provisionerDaemonJson(daemon, jobs, now()))
        .filter(({ status }) => (wanted.length > 0 ? wanted.some((one) => one === status) : offline || status !== "offline"));
      return limit > 0 ? shown.slice(0, limit) : shown;
    },
  );
}

/** Finds the jobs that the caller may read: daemons are visible to more people than the jobs that they run. */
async function visibleJobs(access: Access, kinds: JobKinds, ids: readonly (string | null)[]): Promise<Map<string, Job>> {
  const wanted = [...new Set(ids)].flatMap((id) => (id === null ? [] : JobId.parse(id)));
  const found = await Promise.allSettled(wanted.map((id) => getJob(access, kinds, id)));
  return new Map(
    found.flatMap((outcome) => {
      if (outcome.status === "fulfilled") return [[outcome.value.id, outcome.value]];
      if (outcome.reason instanceof NotFoundError) return [];
      throw outcome.reason;
    }),
  );
}
