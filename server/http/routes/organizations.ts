import { Type } from "typebox";
import { Organization } from "#sdk/organizations.ts";
import { userOf } from "../authenticate.ts";
import type { App } from "../fastify-app.ts";
import { organizationJson } from "../json/organization.ts";
import type { RouteDeps } from "../route-deps.ts";
import { resolveOrganization } from "./path-identifiers.ts";

export function organizationRoutes(app: App, { store }: RouteDeps): void {
  app.get("/api/v2/organizations", { schema: { response: { 200: Type.Array(Organization) } } }, async (request) =>
    (await store.as(userOf(request).subject).organizations.list()).map(organizationJson),
  );

  const params = Type.Object({ organization: Type.String() });
  app.get("/api/v2/organizations/:organization", { schema: { params, response: { 200: Organization } } }, async (request) =>
    organizationJson(await resolveOrganization(store.as(userOf(request).subject), request.params.organization)),
  );
}
