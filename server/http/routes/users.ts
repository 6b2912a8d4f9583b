import { Type } from "typebox";
import { GitSSHKey } from "#sdk/git-ssh-keys.ts";
import { Organization } from "#sdk/organizations.ts";
import { GetUsersResponse, User } from "#sdk/users.ts";
import { NotFoundError } from "../../errors.ts";
import type { GitSshKey } from "../../store/git-ssh-keys.ts";
import { parseUserSearch } from "../../users/search-users.ts";
import { userOf } from "../authenticate.ts";
import type { App } from "../fastify-app.ts";
import { organizationJson } from "../json/organization.ts";
import { userJson } from "../json/user.ts";
import type { RouteDeps } from "../route-deps.ts";
import { PageQuery, pageOf } from "./page.ts";
import { resolveUser } from "./path-identifiers.ts";

const params = Type.Object({ user: Type.String() });

export function userDataRoutes(app: App, { store }: RouteDeps): void {
  const query = Type.Object({ q: Type.Optional(Type.String()), ...PageQuery });
  app.get("/api/v2/users", { schema: { querystring: query, response: { 200: GetUsersResponse } } }, async (request) => {
    const filter = parseUserSearch(request.query.q ?? "");
    const view = store.as(userOf(request).subject);
    const { users, count } = await view.users.list({ ...filter, ...pageOf(request.query) });
    return { users: users.map(userJson), count };
  });

  app.get("/api/v2/users/:user", { schema: { params, response: { 200: User } } }, async (request) => {
    const view = store.as(userOf(request).subject);
    const user = await resolveUser(view, request, request.params.user);
    return userJson(await view.users.get(user.id));
  });

  app.get("/api/v2/users/:user/organizations", { schema: { params, response: { 200: Type.Array(Organization) } } }, async (request) => {
    const view = store.as(userOf(request).subject);
    const user = await resolveUser(view, request, request.params.user);
    return (await view.organizations.listOfUser(user.id)).map(organizationJson);
  });

  const named = Type.Object({ user: Type.String(), organization: Type.String() });
  app.get(
    "/api/v2/users/:user/organizations/:organization",
    { schema: { params: named, response: { 200: Organization } } },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const user = await resolveUser(view, request, request.params.user);
      const name = request.params.organization.toLowerCase();
      const found = (await view.organizations.listOfUser(user.id)).find((organization) => organization.name.toLowerCase() === name);
      if (found === undefined) throw new NotFoundError("organization");
      return organizationJson(found);
    },
  );

  app.get("/api/v2/users/:user/gitsshkey", { schema: { params, response: { 200: GitSSHKey } } }, async (request) => {
    const view = store.as(userOf(request).subject);
    const user = await resolveUser(view, request, request.params.user);
    return gitSshKeyJson(await view.gitSshKeys.get(user.id));
  });

  app.put("/api/v2/users/:user/gitsshkey", { schema: { params, response: { 200: GitSSHKey } } }, async (request) => {
    const view = store.as(userOf(request).subject);
    const user = await resolveUser(view, request, request.params.user);
    return gitSshKeyJson(await view.gitSshKeys.regenerate(user.id));
  });
}

function gitSshKeyJson(key: GitSshKey): GitSSHKey {
  return {
    user_id: key.user_id,
    created_at: key.created_at.toISOString(),
    updated_at: key.updated_at.toISOString(),
    public_key: key.public_key,
  };
}
