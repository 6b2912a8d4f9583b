import type { FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { type Static, Type } from "typebox";
import { ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import type { StoreView } from "../access/store.ts";
import { InvalidInputError } from "../errors.ts";
import { userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import type { Need } from "../http/needs.ts";
import { sendFrames } from "../http/socket.ts";
import type { JobId } from "../ids.ts";
import type { RouteDeps } from "../route-deps.ts";
import { jobLogJson } from "./job-json.ts";

const LogQuery = Type.Object({
  /** 0 and -1 mean all. */
  after: Type.Optional(Type.Integer({ minimum: -1 })),
  /** Present, whatever its value: a websocket. */
  follow: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(["json", "text"])),
});

/**
 * The logs of one kind of job, as a list or, with `follow`, as a websocket with a line a frame. Refusals come before the upgrade.
 *
 * @param route its `url` has `:id` for what the job belongs to; the rest describes it
 * @param findJob the job's id, for a caller who may read it
 */
export function jobLogRoute(
  app: App,
  route: { readonly url: `${string}/:id/${string}`; readonly needs: readonly Need[] } & Pick<
    FastifySchema,
    "operationId" | "summary" | "tags"
  >,
  { store }: RouteDeps,
  findJob: (view: StoreView, id: string) => Promise<JobId>,
): void {
  const { url, needs, ...description } = route;
  const jobs = new WeakMap<FastifyRequest, JobId>();
  app.route({
    method: "GET",
    url,
    config: { needs },
    schema: {
      ...description,
      produces: ["application/json", "text/plain"],
      params: Type.Object({ id: Uuid }),
      querystring: LogQuery,
      response: { 200: Type.Union([Type.Array(ProvisionerJobLog), Type.String()]), 426: Response },
    },
    preHandler: async (request) => {
      jobs.set(request, await findJob(store.as(userOf(request).subject), request.params.id));
    },
    handler: async (request, reply) => {
      const { after = 0, follow, format = "json" } = request.query;
      refuseFollow(follow, format, reply);
      const logs = (await store.as(userOf(request).subject).jobs.logs(jobOf(request), Math.max(after, 0))).map(jobLogJson);
      return format === "json" ? logs : reply.type("text/plain; charset=utf-8").send(logs.map(line).join(""));
    },
    wsHandler: async (socket, request) => {
      const after = Math.max(Number(Object.getOwnPropertyDescriptor(request.query, "after")?.value ?? 0), 0);
      const { subject, renew } = userOf(request);
      const { jobs: view } = store.as(subject);
      const recheck = async (): Promise<void> => void (await store.as(await renew()).jobs.get(jobOf(request)));
      await sendFrames(socket, request, async function* (signal) {
        for await (const log of view.followLogs(jobOf(request), { after, signal, recheck })) yield jobLogJson(log);
      });
    },
  });

  function jobOf(request: FastifyRequest): JobId {
    const id = jobs.get(request);
    if (id === undefined) throw new Error(`${url} did not look for its job`);
    return id;
  }
}

/** @throws HttpError, InvalidInputError: a stream needs an upgrade, and has no other form than JSON */
export function refuseFollow(follow: string | undefined, format: "json" | "text", reply: FastifyReply): void {
  if (follow === undefined) return;
  if (format !== "json")
    throw new InvalidInputError("query parameters have invalid values", [{ field: "format", detail: "A stream is JSON only." }]);
  reply.header("Upgrade", "websocket");
  throw new HttpError(426, { message: "Following needs a websocket." });
}

function line({ created_at, log_level, stage, output }: Static<typeof ProvisionerJobLog>): string {
  return `${created_at} [${log_level}] ${stage}: ${output}\n`;
}
