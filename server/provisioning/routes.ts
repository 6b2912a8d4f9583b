import { Type } from "typebox";
import { ProvisionerDaemon, ProvisionerDaemonStatus } from "#sdk/provisioner-daemons.ts";
import { ProvisionerJob, ProvisionerJobStatus } from "#sdk/provisioner-jobs.ts";
import { CreateProvisionerKeyRequest, CreateProvisionerKeyResponse, ProvisionerKey } from "#sdk/provisioner-keys.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { JobId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import { jobJson } from "./job-json.ts";
import type { Job } from "./job-rows.ts";
import { provisionerDaemonJson, provisionerKeyJson } from "./json.ts";
import { matchDaemons } from "./match-daemons.ts";
import {
  createProvisionerKey,
  deleteProvisionerKey,
  getJob,
  getProvisionerKey,
  listDaemons,
  listJobs,
  listProvisionerKeys,
} from "./queries.ts";

const params = Type.Object({ organization: Type.String() });
const DEFAULT_JOBS = 50;

/** Keys of remote daemons, the daemons themselves, and the queue that they work on. */
export function provisionerRoutes(app: App, { now }: { readonly now: () => Date }): void {
  app.get(
    "/api/v2/organizations/:organization/provisionerkeys",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "provisioner_daemon:read on each key or less"] },
      schema: {
        operationId: "listProvisionerKeys",
        summary: "Keys for remote daemons",
        tags: ["Provisioners"],
        params,
        response: { 200: Type.Array(ProvisionerKey) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      return (await listProvisionerKeys(access, organizationId)).map(provisionerKeyJson);
    },
  );

  app.post(
    "/api/v2/organizations/:organization/provisionerkeys",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "provisioner_daemon:create on a new key in {organization} or 403"] },
      schema: {
        operationId: "createProvisionerKey",
        summary: "Makes a key for remote daemons",
        tags: ["Provisioners"],
        params,
        body: CreateProvisionerKeyRequest,
        response: { 201: CreateProvisionerKeyResponse, 409: Response },
      },
    },
    async (request, reply) => {
      const { name, tags = {} } = request.body;
      new FieldChecks().provisionerKeyName("name", name).done();
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const { secret } = await createProvisionerKey(access, { organizationId, name, tags });
      return reply.code(201).send({ key: secret });
    },
  );

  const named = Type.Object({ organization: Type.String(), name: Type.String() });
  app.delete(
    "/api/v2/organizations/:organization/provisionerkeys/:name",
    {
      config: {
        needs: [OWN_ORGANIZATION_IN_PATH, "provisioner_daemon:read on the key or 404", "provisioner_daemon:delete on the key or 403"],
      },
      schema: {
        operationId: "deleteProvisionerKey",
        summary: "Ends a key",
        tags: ["Provisioners"],
        params: named,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      new FieldChecks().provisionerKeyName("name", name).done();
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const key = await getProvisionerKey(access, organizationId, name);
      await deleteProvisionerKey(access, key.id);
      return reply.code(204).send(null);
    },
  );

  const daemonQuery = Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
    status: Type.Optional(Type.String()),
    offline: Type.Optional(Type.Boolean()),
  });
  app.get(
    "/api/v2/organizations/:organization/provisionerdaemons",
    {
      config: {
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "provisioner_daemon:read on each daemon or less",
          "workspace:read on the workspace of each job or less, if it is a build",
          "template:read on the template of each job or less, if it is an import",
        ],
      },
      schema: {
        operationId: "listProvisionerDaemons",
        summary: "Daemons, and what they do",
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
        daemons.flatMap((daemon) => [daemon.current_job_id, daemon.previous_job_id]),
      );
      const shown = daemons
        .map((daemon) => provisionerDaemonJson(daemon, jobs, now()))
        .filter(({ status }) => (wanted.length > 0 ? wanted.some((one) => one === status) : offline || status !== "offline"));
      return limit > 0 ? shown.slice(0, limit) : shown;
    },
  );

  const jobQuery = Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
    status: Type.Optional(Type.String()),
    ids: Type.Optional(Type.String()),
    initiator: Type.Optional(Type.String()),
  });
  app.get(
    "/api/v2/organizations/:organization/provisionerjobs",
    {
      config: {
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "provisioner_jobs:read on {organization} or 403",
          "provisioner_daemon:read on each daemon or less",
        ],
      },
      schema: {
        operationId: "listProvisionerJobs",
        summary: "The queue, the newest job first",
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
      const jobs = await listJobs(access, { organizationId, ...(!isFiltered && limit > 0 && { limit }) });
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

  const oneJob = Type.Object({ organization: Type.String(), job: Uuid });
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
        summary: "A job",
        tags: ["Provisioners"],
        params: oneJob,
        response: { 200: ProvisionerJob },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const job = await getJob(access, JobId.parse(request.params.job));
      if (job.organization_id !== organizationId) throw new NotFoundError("provisioner job");
      return jobJson(job, matchDaemons(job, await listDaemons(access, organizationId), now()));
    },
  );
}

/** A comma list of known words. @throws InvalidInputError naming the key */
function parseList<T extends string>(key: string, text: string | undefined, known: readonly T[]): T[] {
  return (text ?? "")
    .split(",")
    .filter((word) => word !== "")
    .map((word) => {
      const found = known.find((one) => one === word);
      if (found !== undefined) return found;
      throw new InvalidInputError("query parameters have invalid values", [{ field: key, detail: `It is one of: ${known.join(", ")}.` }]);
    });
}

/** Daemons are visible to more people than the jobs that they run. */
async function visibleJobs(access: Access, ids: readonly (string | null)[]): Promise<Map<string, Job>> {
  const wanted = [...new Set(ids)].flatMap((id) => (id === null ? [] : JobId.parse(id)));
  const found = await Promise.allSettled(wanted.map((id) => getJob(access, id)));
  return new Map(
    found.flatMap((outcome) => {
      if (outcome.status === "fulfilled") return [[outcome.value.id, outcome.value]];
      if (outcome.reason instanceof NotFoundError) return [];
      throw outcome.reason;
    }),
  );
}
