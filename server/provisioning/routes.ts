import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { ProvisionerJob, ProvisionerJobStatus } from "#sdk/provisioner-jobs.ts";
import { Uuid } from "#sdk/scalars.ts";
import { NotFoundError } from "../errors.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { JobId } from "../ids.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import { jobJson } from "./job-json.ts";
import type { JobKinds } from "./job-kind.ts";
import { matchDaemons } from "./match-daemons.ts";
import { parseList } from "./parse-list.ts";
import { listDaemons } from "./read-daemons.ts";
import { getJob, listJobs } from "./read-jobs.ts";

const params = Type.Object({ organization: Text("name") });
const DEFAULT_JOBS = 50;

/** Routes for the queue of provisioner jobs. */
export function provisionerJobRoutes(app: App, { now, kinds }: { readonly now: () => Date; readonly kinds: JobKinds }): void {
  const jobQuery = Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
    status: Type.Optional(Text("name")),
    ids: Type.Optional(Text("query")),
    initiator: Type.Optional(Text("name")),
  });
  app.get(
    "/api/v2/organizations/:organization/provisionerjobs",
    {
      config: {
        ignoresEmpty: ["tags"],
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "provisioner_jobs:read on {organization} or 403",
          "provisioner_daemon:read on each daemon or less",
        ],
      },
      schema: {
        operationId: "listProvisionerJobs",
        summary: "List provisioner jobs, newest first",
        tags: ["Provisioners"],
        params,
        querystring: jobQuery,
        response: { 200: Type.Array(ProvisionerJob) },
      },
    },
    async (request) => {
      const { limit = DEFAULT_JOBS, initiator } = request.query;
      const statuses = parseList("status", request.query.status, ProvisionerJobStatus.enum);
      const ids = request.query.ids?.split(",").map(JobId.parse) ?? [];
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const isFiltered = statuses.length > 0 || ids.length > 0 || initiator !== undefined;
      const jobs = await listJobs(access, kinds, { organizationId, ...(!isFiltered && limit > 0 && { limit }) });
      const found = jobs.filter(
        (job) =>
          (statuses.length === 0 || statuses.includes(job.job_status)) &&
          (ids.length === 0 || ids.includes(job.id)) &&
          (initiator === undefined || job.initiator_id === initiator),
      );
      const daemons = await listDaemons(access, organizationId);
      return (limit > 0 ? found.slice(0, limit) : found).map((job) => jobJson(job, matchDaemons(job, daemons, now())));
    },
  );

  const oneJob = Type.Object({ organization: Text("name"), job: Uuid });
  app.get(
    "/api/v2/organizations/:organization/provisionerjobs/:job",
    {
      config: {
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "workspace:read on the workspace of {job} or 404, if it is a build",
          "template:read on the template of {job} or 404, if it is an import",
          "provisioner_daemon:read on each daemon or less",
        ],
      },
      schema: {
        operationId: "getProvisionerJob",
        summary: "Get a provisioner job",
        tags: ["Provisioners"],
        params: oneJob,
        response: { 200: ProvisionerJob },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const job = await getJob(access, kinds, JobId.parse(request.params.job));
      if (job.organization_id !== organizationId) throw new NotFoundError("provisioner job");
      return jobJson(job, matchDaemons(job, await listDaemons(access, organizationId), now()));
    },
  );
}
