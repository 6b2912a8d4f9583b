import { Type } from "typebox";
import { PROVISIONER_API_LEVEL } from "#proto/call-metadata.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import { BuildInfoResponse } from "#sdk/build-info.ts";
import type { App } from "../http/fastify-app.ts";

export interface ServerInfoDeps {
  /** A UUID made once for this deployment. */
  readonly deploymentId: string;
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly accessUrl: () => string;
}

/** Open to everybody: whether the server works, and what it is. */
export function serverInfoRoutes(app: App, { deploymentId, ping, accessUrl }: ServerInfoDeps): void {
  app.get(
    "/healthz",
    {
      schema: {
        operationId: "getHealth",
        summary: "Says whether the server works",
        tags: ["General"],
        produces: ["text/plain"],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) => {
      await ping();
      return reply.type("text/plain; charset=utf-8").send("OK");
    },
  );

  app.get(
    "/api/v2/buildinfo",
    {
      schema: {
        operationId: "getBuildInfo",
        summary: "What this server is: the first call of every client",
        tags: ["General"],
        response: { 200: BuildInfoResponse },
      },
    },
    async () => ({
      external_url: "",
      version: PROGRAM_VERSION,
      dashboard_url: accessUrl(),
      telemetry: false,
      oauth2_provider: false,
      workspace_proxy: false,
      agent_api_version: "1.0",
      provisioner_api_version: PROVISIONER_API_LEVEL,
      upgrade_message: "",
      deployment_id: deploymentId,
    }),
  );
}
