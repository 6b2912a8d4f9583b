import { Type } from "typebox";
import { ARCHIVE_LIMIT_BYTES } from "#proto/archive-limit.ts";
import { UploadResponse } from "#sdk/files.ts";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { InvalidInputError } from "../errors.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import { Bytes } from "../http/bytes.ts";
import type { App } from "../http/fastify-app.ts";
import type { Need } from "../http/needs.ts";
import { perMinute, type RateLimits } from "../http/rate-limit.ts";
import { FileId } from "../ids.ts";
import { getFile } from "./read-file.ts";
import { TAR, uploadFile } from "./upload-file.ts";

export function fileRoutes(app: App, { rateLimits }: { readonly rateLimits: RateLimits }): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    scope.post(
      "/api/v2/files",
      {
        schema: {
          operationId: "uploadFile",
          summary: "Upload an archive",
          description: "A tar archive of at most 100 MiB and 20,000 entries. The same bytes from the same user get the same ID again.",
          tags: ["Files"],
          consumes: [TAR],
          response: { 200: UploadResponse, 201: UploadResponse, 413: Response },
        },
        bodyLimit: ARCHIVE_LIMIT_BYTES,
        config: { ...perMinute(rateLimits.files), needs: ["file:create on a new file of the caller or 403"] },
      },
      async (request, reply) => {
        const { access, user } = userOf(request);
        const { id, created } = await uploadFile(access, {
          createdBy: user.id,
          mimetype: request.headers["content-type"] ?? "",
          data: request.body instanceof Uint8Array ? request.body : new Uint8Array(0),
        });
        return reply.code(created ? 201 : 200).send({ hash: id });
      },
    );
  });

  const schema = {
    operationId: "downloadFile",
    summary: "Download an uploaded archive",
    tags: ["Files"],
    params: Type.Object({ file: Uuid }),
    querystring: Type.Object({ format: Type.Optional(Text("name")) }),
    produces: [TAR],
    response: { 200: Bytes },
  };
  const needs: readonly Need[] = ["file:read on {file} or 404, if it is in no template that the caller may update"];
  app.get("/api/v2/files/:file", { schema, config: { needs } }, async (request, reply) => {
    const { format = "" } = request.query;
    if (format !== "") throw new InvalidInputError(`files cannot be downloaded as ${JSON.stringify(format.slice(0, 32))}`);
    const file = await getFile(accessOf(request), FileId.parse(request.params.file));
    return reply.type(file.mimetype).send(Buffer.from(file.data.buffer, file.data.byteOffset, file.data.byteLength));
  });
}
