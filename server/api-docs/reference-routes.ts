import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Type } from "typebox";
import { Bytes } from "../http/bytes.ts";
import type { App } from "../http/fastify-app.ts";
import type { Routes } from "../http/routes.ts";

const DOCUMENT_PATH = "/api/v2/openapi.json";
const SCRIPT_PATH = "/docs/reference.js";

/** Allows only this server's own script and answers. Inline styles are allowed because Scalar styles its elements one by one. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Turns off everything in Scalar that would contact another host; the policy above would block it anyway. */
const CONFIGURATION = {
  url: DOCUMENT_PATH,
  telemetry: false,
  proxyUrl: "",
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  persistAuth: false,
  agent: { disabled: true },
  mcp: { disabled: true },
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Proviso API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <script id="api-reference" type="application/json" data-configuration="${JSON.stringify(CONFIGURATION).replaceAll('"', "&quot;")}"></script>
    <script src="${SCRIPT_PATH}"></script>
    <noscript>This page needs JavaScript. The document itself is at <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a>.</noscript>
  </body>
</html>
`;

/** Serves the API document, and a page to browse it. Both are loaded when somebody first asks for them. */
export function apiReferenceRoutes(app: App, { routes }: { readonly routes: () => Routes }): void {
  let document: Promise<Buffer> | undefined;
  app.get(
    DOCUMENT_PATH,
    {
      schema: {
        operationId: "getApiDocument",
        summary: "Get this document",
        tags: ["General"],
        response: { 200: Type.Unsafe<Buffer>(Type.Object({ openapi: Type.String() })) },
      },
    },
    async (_request, reply) => {
      document ??= import("../http/openapi.ts").then(async ({ openApiDocument }) =>
        Buffer.from(JSON.stringify(await openApiDocument(routes()))),
      );
      return reply.type("application/json; charset=utf-8").send(await document);
    },
  );

  app.get(
    "/docs",
    {
      schema: {
        operationId: "getApiReferencePage",
        summary: "Get a page for browsing this document",
        tags: ["General"],
        produces: ["text/html"],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) =>
      reply
        .headers({ "Content-Security-Policy": CONTENT_SECURITY_POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache" })
        .type("text/html; charset=utf-8")
        .send(PAGE),
  );

  let script: Promise<{ readonly gzipped: Buffer; readonly tag: string }> | undefined;
  app.get(
    SCRIPT_PATH,
    {
      schema: {
        operationId: "getApiReferenceScript",
        summary: "Get the script of that page",
        tags: ["General"],
        produces: ["text/javascript"],
        response: { 200: Bytes, 304: Type.Null() },
      },
    },
    async ({ headers }, reply) => {
      script ??= import("./reference-script.ts").then(({ loadReferenceScript }) => loadReferenceScript());
      const { gzipped, tag } = await script;
      reply.headers({ ETag: tag, "Cache-Control": "no-cache", Vary: "Accept-Encoding" });
      if (headers["if-none-match"] === tag) return reply.code(304).send(null);
      reply.type("text/javascript; charset=utf-8");
      if (!/\bgzip\b/.test(String(headers["accept-encoding"] ?? ""))) return reply.send(await promisify(gunzip)(gzipped));
      return reply.header("Content-Encoding", "gzip").send(gzipped);
    },
  );
}
