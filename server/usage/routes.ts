import { Type } from "typebox";
import { APIKeyUsage, APIKeyUsageQuery } from "#sdk/api-key-usage.ts";
import { Text } from "#sdk/limits.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { userInPath } from "../people/user-in-path.ts";
import { getToken } from "../tokens/read-tokens.ts";
import { apiKeyUsageJson } from "./json.ts";
import { usageOfKey } from "./read-usage.ts";
import { suggestGrant } from "./suggest-grant.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

export function tokenUsageRoutes(
  app: App,
  { usage, now }: { readonly usage: Pick<UsageRecorder, "flush">; readonly now: () => Date },
): void {
  app.get(
    "/api/v2/users/:user/keys/tokens/:keyname/usage",
    {
      config: { needs: [USER_IN_PATH, "api_key:read on {keyname} or 404"] },
      schema: {
        operationId: "getTokenUsage",
        summary: "Get what an API token was used for, and the narrowest grant that would have been enough",
        description: "Covers the last 30 days unless `days` is given.",
        tags: ["API keys"],
        params: Type.Object({ user: Text("name"), keyname: Text("name") }),
        querystring: APIKeyUsageQuery,
        response: { 200: APIKeyUsage },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const key = await getToken(access, user.id, request.params.keyname);
      // Includes this server's own counts; those of another server from the last few seconds may be missing.
      await usage.flush();
      const { days = DEFAULT_DAYS } = request.query;
      const scopes = await usageOfKey(access, key.id, new Date(now().getTime() - days * DAY_MS));
      const used = scopes.map(({ scope, objects }) => ({ scope, objectIds: objects.map(({ id }) => id) }));
      return apiKeyUsageJson(key, days, scopes, suggestGrant(key, used));
    },
  );
}
