import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { CreateProvisionerKeyRequest, CreateProvisionerKeyResponse, ProvisionerKey } from "#sdk/provisioner-keys.ts";
import { Response } from "#sdk/response.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import { createProvisionerKey } from "./create-provisioner-key.ts";
import { deleteProvisionerKey } from "./delete-provisioner-key.ts";
import type { JobKinds } from "./job-kind.ts";
import { provisionerKeyJson } from "./json.ts";
import { checkKeyName } from "./provisioner-key-rules.ts";
import { getProvisionerKey, listProvisionerKeys } from "./read-provisioner-keys.ts";

const params = Type.Object({ organization: Text("name") });

/** Routes for provisioner keys, with which remote daemons authenticate. */
export function provisionerKeyRoutes(app: App, { kinds }: { readonly kinds: JobKinds }): void {
  app.get(
    "/api/v2/organizations/:organization/provisionerkeys",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "provisioner_daemon:read on each key or less"] },
      schema: {
        operationId: "listProvisionerKeys",
        summary: "List provisioner keys, which remote daemons use",
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
        summary: "Create a provisioner key for remote daemons",
        description: "The key is shown only in this answer.",
        tags: ["Provisioners"],
        params,
        body: CreateProvisionerKeyRequest,
        response: { 201: CreateProvisionerKeyResponse, 409: Response },
      },
    },
    async (request, reply) => {
      const { name, tags = {} } = request.body;
      checkKeyName(name);
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const { secret } = await createProvisionerKey(access, { organizationId, name, tags });
      return reply.code(201).send({ key: secret });
    },
  );

  const named = Type.Object({ organization: Text("name"), name: Text("name") });
  app.delete(
    "/api/v2/organizations/:organization/provisionerkeys/:name",
    {
      config: {
        needs: [OWN_ORGANIZATION_IN_PATH, "provisioner_daemon:read on the key or 404", "provisioner_daemon:delete on the key or 403"],
      },
      schema: {
        operationId: "deleteProvisionerKey",
        summary: "Delete a provisioner key",
        description: "The jobs that its daemons run are canceled. Until these have ended, their daemons can still report on them.",
        tags: ["Provisioners"],
        params: named,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      checkKeyName(name);
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const key = await getProvisionerKey(access, organizationId, name);
      await deleteProvisionerKey(access, kinds, key.id);
      return reply.code(204).send(null);
    },
  );
}
