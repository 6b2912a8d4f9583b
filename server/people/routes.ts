import { Type } from "typebox";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { CreateUserRequest, GetUsersResponse, UpdateUserProfileRequest, User, UserLoginType } from "#sdk/users.ts";
import { NotAllowedError } from "../errors.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { UserId } from "../ids.ts";
import { createUser, parseNewUser } from "./create-user.ts";
import { deleteUser } from "./delete-user.ts";
import { keptUserJson, userJson } from "./json.ts";
import { getPersonal, getSelf, getUser, listUsers } from "./read-users.ts";
import { parseUserSearch } from "./search-users.ts";
import { parseProfile, updateProfile } from "./update-profile.ts";
import { userInPath } from "./user-in-path.ts";

const tags = ["Users"];
const params = Type.Object({ user: Type.String() });

export function userRoutes(app: App): void {
  app.get(
    "/api/v2/users",
    {
      config: { needs: ["user:read on each user or less"] },
      schema: {
        operationId: "listUsers",
        summary: "Lists the users that the caller may see, by username",
        tags,
        querystring: Type.Object({ q: Type.Optional(Type.String()), after_id: Type.Optional(Uuid), ...PageQuery }),
        response: { 200: GetUsersResponse },
      },
    },
    async (request) => {
      const { q = "", after_id } = request.query;
      const filter = {
        ...parseUserSearch(q),
        ...pageOf(request.query),
        ...(after_id !== undefined && { afterId: UserId.parse(after_id) }),
      };
      const { users, count } = await listUsers(accessOf(request), filter);
      return { users: users.map(userJson), count };
    },
  );

  app.post(
    "/api/v2/users",
    {
      config: {
        needs: [
          "user:create on a new user or 403",
          "assign_role:assign on the site's roles or 403, if roles are given",
          "organization:read on each organization of organization_ids or 404",
          "organization_member:create on a new member of each organization or 403",
          "assign_org_role:assign on each organization's roles or 403",
        ],
      },
      schema: {
        operationId: "createUser",
        summary: "Creates a user",
        description: "Nobody creates a user with roles that they may not give. A new user is dormant until the first login.",
        tags,
        body: CreateUserRequest,
        response: { 201: User },
      },
    },
    async (request, reply) => {
      const user = await createUser(accessOf(request), parseNewUser(request.body));
      return reply.code(201).send(userJson(user));
    },
  );

  app.get(
    "/api/v2/users/:user",
    {
      config: { needs: [USER_IN_PATH, "user:read on {user} or 404"] },
      schema: { operationId: "getUser", summary: "A user", tags, params, response: { 200: User } },
    },
    async (request) => {
      const access = accessOf(request);
      if (request.params.user === "me") return keptUserJson(await getSelf(access, userOf(request).user));
      const user = await userInPath(request, request.params.user);
      return userJson(await getUser(access, user.id));
    },
  );

  app.delete(
    "/api/v2/users/:user",
    {
      config: { needs: [USER_IN_PATH, "user:delete on {user} or 403/404"] },
      schema: {
        operationId: "deleteUser",
        summary: "Deletes a user",
        description:
          "The user's keys end, and name and e-mail address are free again. Refused with 417 while the user owns workspaces, and with 403 for oneself.",
        tags,
        params,
        response: { 200: Response },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      await deleteUser(access, user.id);
      return { message: "The user has been deleted." };
    },
  );

  app.put(
    "/api/v2/users/:user/profile",
    {
      config: { needs: [USER_IN_PATH, "user:update_personal on {user} or 403/404"] },
      schema: {
        operationId: "updateUserProfile",
        summary: "Changes a user's username, name and picture",
        tags,
        params,
        body: UpdateUserProfileRequest,
        response: { 200: User },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return userJson(await updateProfile(access, user.id, parseProfile(request.body)));
    },
  );

  app.get(
    "/api/v2/users/:user/login-type",
    {
      config: { needs: [USER_IN_PATH, "user:read_personal on {user} or 403/404"] },
      schema: {
        operationId: "getUserLoginType",
        summary: "How the caller signs in",
        description: "One's own only: others get 403, whatever their roles.",
        tags,
        params,
        response: { 200: UserLoginType },
      },
    },
    async (request) => {
      const { subject } = userOf(request);
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      if (user.id !== subject.id) throw new NotAllowedError("how somebody else signs in is not told");
      return { login_type: (await getPersonal(access, user.id)).login_type };
    },
  );
}
