import { Type } from "typebox";
import {
  APIKey,
  APIKeyWithOwner,
  CreateTokenRequest,
  EndKeyQuery,
  GenerateAPIKeyResponse,
  TokenConfig,
  TokensFilter,
  UpdateTokenRequest,
} from "#sdk/api-keys.ts";
import { Text } from "#sdk/limits.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { apiKeyJson, apiKeyWithOwnerJson } from "../keys/json.ts";
import { userInPath } from "../people/user-in-path.ts";
import { deleteKey, expireKey } from "./end-key.ts";
import { maximumLifetimeMs, NANOSECONDS_PER_MS, type TokenLifetimes } from "./lifetimes.ts";
import { mintSessionKey } from "./mint-session-key.ts";
import { mintToken } from "./mint-token.ts";
import { getKey, getToken, listTokens } from "./read-tokens.ts";
import { parseTokenPatch, parseTokenWish } from "./token-request.ts";
import { updateToken } from "./update-token.ts";

const ofUser = Type.Object({ user: Text("name") });
const byName = Type.Object({ user: Text("name"), keyname: Text("name") });
const byId = Type.Object({ user: Text("name"), keyid: Text("name") });
const tags = ["API keys"];

export function tokenRoutes(app: App, { tokenLifetimes: lifetimes }: { readonly tokenLifetimes: TokenLifetimes }): void {
  app.post(
    "/api/v2/users/:user/keys/tokens",
    {
      config: { needs: [USER_IN_PATH, "api_key:create on a new key of {user} or 403"] },
      schema: {
        operationId: "createToken",
        summary: "Create an API token",
        description:
          "The token is shown only in this answer. A token can create only tokens that stay inside its boundary, for its own user.",
        tags,
        params: ofUser,
        body: CreateTokenRequest,
        response: { 201: GenerateAPIKeyResponse },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const { secret } = await mintToken(access, user.id, parseTokenWish(request.body), { lifetimes });
      return reply.code(201).send({ key: secret });
    },
  );

  app.get(
    "/api/v2/users/:user/keys/tokens",
    {
      config: { needs: [USER_IN_PATH, "api_key:read on each or less"] },
      schema: {
        operationId: "listTokens",
        summary: "List a user's API tokens, or everybody's",
        tags,
        params: ofUser,
        querystring: TokensFilter,
        response: { 200: Type.Array(APIKeyWithOwner) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const { include_all: all = false, include_expired: includeExpired = false } = request.query;
      const keys = await listTokens(access, { includeExpired, ...(!all && { userId: user.id }) });
      return keys.map(apiKeyWithOwnerJson);
    },
  );

  app.get(
    "/api/v2/users/:user/keys/tokens/tokenconfig",
    {
      config: { needs: [USER_IN_PATH] },
      schema: {
        operationId: "getTokenConfig",
        summary: "Get the maximum lifetime of a user's tokens",
        tags,
        params: ofUser,
        response: { 200: TokenConfig },
      },
    },
    async (request) => {
      const user = await userInPath(request, request.params.user);
      return { max_token_lifetime: maximumLifetimeMs(lifetimes, user.rbac_roles) * NANOSECONDS_PER_MS };
    },
  );

  app.get(
    "/api/v2/users/:user/keys/tokens/:keyname",
    {
      config: { needs: [USER_IN_PATH, "api_key:read on {keyname} or 404"] },
      schema: {
        operationId: "getTokenByName",
        summary: "Get an API token by its name",
        tags,
        params: byName,
        response: { 200: APIKey },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return apiKeyJson(await getToken(access, user.id, request.params.keyname));
    },
  );

  app.patch(
    "/api/v2/users/:user/keys/tokens/:keyname",
    {
      config: { needs: [USER_IN_PATH, "api_key:update on {keyname} or 403/404"] },
      schema: {
        operationId: "updateToken",
        summary: "Update an API token, and narrow the tokens that it created with it",
        description: "Fields that are left out do not change; a boundary replaces the whole boundary.",
        tags,
        params: byName,
        body: UpdateTokenRequest,
        response: { 200: APIKey },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return apiKeyJson(await updateToken(access, user.id, request.params.keyname, parseTokenPatch(request.body), { lifetimes }));
    },
  );

  app.post(
    "/api/v2/users/:user/keys",
    {
      config: { needs: [USER_IN_PATH, "api_key:create on a new key of {user} or 403"] },
      schema: {
        operationId: "createSessionKey",
        summary: "Create a session key",
        description: "Only a session can create one. The key is shown only in this answer.",
        tags,
        params: ofUser,
        response: { 201: GenerateAPIKeyResponse },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const { secret } = await mintSessionKey(access, user.id, { lifetimes });
      return reply.code(201).send({ key: secret });
    },
  );

  app.get(
    "/api/v2/users/:user/keys/:keyid",
    {
      config: { needs: [USER_IN_PATH, "api_key:read on {keyid} or 404"] },
      schema: {
        operationId: "getAPIKey",
        summary: "Get a session key or API token by its ID",
        tags,
        params: byId,
        response: { 200: APIKey },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return apiKeyJson(await getKey(access, request.params.keyid, { userId: user.id }));
    },
  );

  app.delete(
    "/api/v2/users/:user/keys/:keyid",
    {
      config: { needs: [USER_IN_PATH, "api_key:delete on {keyid} or 403/404"] },
      schema: {
        operationId: "deleteAPIKey",
        summary: "Delete a session key or API token, and by default the tokens that it created",
        tags,
        params: byId,
        querystring: EndKeyQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      await deleteKey(access, request.params.keyid, { userId: user.id, ...request.query });
      return reply.code(204).send(null);
    },
  );

  app.put(
    "/api/v2/users/:user/keys/:keyid/expire",
    {
      config: { needs: [USER_IN_PATH, "api_key:update on {keyid} or 403/404"] },
      schema: {
        operationId: "expireAPIKey",
        summary: "Expire a session key or API token but keep its record, and by default the tokens that it created",
        tags,
        params: byId,
        querystring: EndKeyQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      await expireKey(access, request.params.keyid, { userId: user.id, ...request.query });
      return reply.code(204).send(null);
    },
  );
}
