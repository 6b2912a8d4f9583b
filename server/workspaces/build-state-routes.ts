import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { Type } from "typebox";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import { InvalidInputError } from "../errors.ts";
import { accessOf } from "../http/authenticate.ts";
import { Bytes } from "../http/bytes.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import type { Need } from "../http/needs.ts";
import { WorkspaceBuildId } from "../ids.ts";
import { fromBase64 } from "./build-request-rules.ts";
import { pushBuildState } from "./push-build-state.ts";
import { getBuildState } from "./read-build-state.ts";

const OCTETS = "application/octet-stream";
/** A state as JSON is in memory, and parsed before it is known who may push it. Larger ones come as bytes, which are streamed. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const byId = Type.Object({ id: Uuid });
const needs: readonly Need[] = ["workspace:read on the workspace of {id} or 404", "template:update on the workspace's template or 403/404"];
const needsToRead: readonly Need[] = [...needs, "user:read_personal on the workspace's owner or 403"];

/** Terraform's state of a build, of any size: it passes through without ever being in memory as a whole. */
export function buildStateRoutes(app: App): void {
  app.get(
    "/api/v2/workspacebuilds/:id/state",
    {
      config: { needs: needsToRead },
      schema: {
        operationId: "getWorkspaceBuildState",
        summary: "Get Terraform's state after a build",
        description:
          "Only for callers who may update the template and read the personal data of the workspace's owner, because a state contains secrets of both. The credentials that the provider fills in anew at each plan are not in it. Empty if there is none. With `late`, the state that arrived when it could no longer become the build's own.",
        tags: ["Workspace builds"],
        params: byId,
        querystring: Type.Object({ late: Type.Optional(Type.Boolean()) }),
        response: { 200: Bytes },
      },
    },
    async (request, reply) => {
      const { late = false } = request.query;
      const state = await getBuildState(accessOf(request), WorkspaceBuildId.parse(request.params.id), { late });
      reply.type("application/json; charset=utf-8").header("Content-Length", state.sizeBytes);
      return reply.send(Readable.from(state.pieces(), { objectMode: false }));
    },
  );

  app.register(async (scope: App) => {
    scope.addContentTypeParser(OCTETS, (_request, body, done) => done(null, body));
    scope.put(
      "/api/v2/workspacebuilds/:id/state",
      {
        bodyLimit: MAX_JSON_BYTES,
        config: { needs },
        schema: {
          operationId: "updateWorkspaceBuildState",
          summary: "Replace Terraform's state of a build",
          description:
            'The state as it is, at most 1 GiB, or as JSON of at most 8 MiB, `{"state": "BASE64"}`. It must be whole, of format 4, of the stored state\'s lineage, and have a higher serial; where none is stored, of the lineage of the workspace\'s last state, if that is known, and of none that another workspace has. `force` overrules lineage and serial. With `latest`, the build must be the workspace\'s latest. Answers 409 if it does not follow the stored state, and while the build runs.',
          tags: ["Workspace builds"],
          consumes: [OCTETS],
          params: byId,
          querystring: Type.Object({ force: Type.Optional(Type.Boolean()), latest: Type.Optional(Type.Boolean()) }),
          response: { 204: Type.Null(), 409: Response, 413: Response },
        },
      },
      async (request, reply) => {
        const { force = false, latest = false } = request.query;
        const state = isStream(request.body) ? limited(request.body) : inJson(request.body);
        await pushBuildState(accessOf(request), WorkspaceBuildId.parse(request.params.id), state, { force, onlyLatest: latest });
        return reply.code(204).send(null);
      },
    );
  });
}

function isStream(body: unknown): body is IncomingMessage {
  return body instanceof Readable;
}

/** If the state is refused, the rest of the body still has to be read: otherwise the client would never see the answer. */
async function* limited(body: IncomingMessage): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      received += chunk.length;
      if (received > STATE_LIMIT_BYTES) throw new HttpError(413, { message: `A state may have at most ${STATE_LIMIT_BYTES} bytes.` });
      yield chunk;
    }
  } finally {
    body.resume();
  }
}

async function* inJson(body: unknown): AsyncGenerator<Uint8Array> {
  const state = typeof body === "object" && body !== null && "state" in body ? body.state : undefined;
  if (typeof state !== "string")
    throw new InvalidInputError("the request has no state", [{ field: "state", detail: "Must be the state, in standard base64." }]);
  yield fromBase64(state);
}
