/** The response of `GET /buildinfo`, every client's first call, which needs no credential. */
import { type Static, Type } from "typebox";
import { Uuid } from "./scalars.ts";

export const BuildInfoResponse = Type.Object({
  external_url: Type.String(),
  version: Type.String(),
  dashboard_url: Type.String(),
  telemetry: Type.Boolean(),
  oauth2_provider: Type.Boolean(),
  workspace_proxy: Type.Boolean(),
  agent_api_version: Type.String(),
  provisioner_api_version: Type.String(),
  upgrade_message: Type.String(),
  deployment_id: Uuid,
  webpush_public_key: Type.Optional(Type.String()),
});
export type BuildInfoResponse = Static<typeof BuildInfoResponse>;
