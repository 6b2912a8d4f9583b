import type { FastifySchema } from "fastify";
import { ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import type { Access } from "../access/access.ts";
import type { App } from "../http/fastify-app.ts";
import { logRoute } from "../http/log-route.ts";
import type { Need } from "../http/needs.ts";
import type { JobId } from "../ids.ts";
import { jobLogJson } from "./job-json.ts";
import { followJobLogs, getJob, listJobLogs } from "./queries.ts";

/**
 * The logs of one kind of job, as a list or, with `follow`, as a websocket with a line a frame.
 *
 * @param route its `url` has `:id` for what the job belongs to; the rest describes it
 * @param findJob the job's id, for a caller who may read it
 */
export function jobLogRoute(
  app: App,
  route: { readonly url: `/api/v2/${string}/:id/logs`; readonly needs: readonly Need[] } & Pick<
    FastifySchema,
    "operationId" | "summary" | "tags"
  >,
  findJob: (access: Access, id: string) => Promise<JobId>,
): void {
  logRoute(
    app,
    { ...route, line: ProvisionerJobLog, leastAfter: -1 },
    {
      find: findJob,
      list: async (access, job, after) => (await listJobLogs(access, job, after)).map(jobLogJson),
      follow: async function* (access, job, options) {
        for await (const log of followJobLogs(access, job, options)) yield jobLogJson(log);
      },
      recheck: getJob,
      text: ({ created_at, log_level, stage, output }) => `${created_at} [${log_level}] ${stage}: ${output}`,
    },
  );
}
