import type { FastifySchema } from "fastify";
import { ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import type { Access } from "../access/access.ts";
import type { App } from "../http/fastify-app.ts";
import { logRoute } from "../http/log-route.ts";
import type { Need } from "../http/needs.ts";
import type { JobId } from "../ids.ts";
import { jobLogJson } from "./job-json.ts";
import type { JobKind } from "./job-kind.ts";
import { followJobLogs, listJobLogs } from "./read-job-logs.ts";
import { getJob } from "./read-jobs.ts";

/**
 * Adds the route for the logs of one kind of job: a list or, with `follow`, a WebSocket that sends one line per frame.
 *
 * @param kind the kind of the jobs that `findJob` finds
 * @param route its `url` has `:id`, which identifies what the job belongs to; the other fields describe the route
 * @param findJob returns the job's ID to a caller who may read it
 */
export function jobLogRoute(
  app: App,
  kind: JobKind,
  route: { readonly url: `/api/v2/${string}/:id/logs`; readonly needs: readonly Need[] } & Pick<
    FastifySchema,
    "operationId" | "summary" | "tags"
  >,
  findJob: (access: Access, id: string) => Promise<JobId>,
): void {
  const kinds = [kind];
  logRoute(
    app,
    { ...route, line: ProvisionerJobLog, leastAfter: -1 },
    {
      find: findJob,
      list: async (access, job, after) => (await listJobLogs(access, kinds, job, after)).map(jobLogJson),
      follow: async function* (access, job, options) {
        for await (const log of followJobLogs(access, kinds, job, options)) yield jobLogJson(log);
      },
      recheck: (access, job) => getJob(access, kinds, job),
      text: ({ created_at, log_level, stage, output }) => `${created_at} [${log_level}] ${stage}: ${output}`,
    },
  );
}
