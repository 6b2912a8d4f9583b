import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
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
const params = Type.Object({ user: Text("name") });

export function userRoutes(app: App): void {
  app.get(
    "/api/v2/users",
    {
      config: { needs: ["user:read on each user or less"] },
      schema: {
        operationId: "listUsers",
        summary: "List the users that the caller may see, by username",
        tags,
        querystring: Type.Object({ q: Type.Optional(Text("query")), after_id: Type.Optional(Uuid), ...PageQuery }),
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
        summary: "Create a user",
        description: "The caller must be able to give all roles that the new user gets. A new user is dormant until the first login.",
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
      schema: { operationId: "getUser", summary: "Get a user", tags, params, response: { 200: User } },
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
        summary: "Delete a user",
        description:
          "Ends the user's keys; the username and email address can be used again. " +
          "Refused with 417 while the user owns workspaces, and with 403 for oneself.",
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
        summary: "Update a user's username, name and picture",
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
        summary: "Get how the caller signs in",
        description: "Users can see only their own login type: for any other user the answer is 403, whatever the caller's roles.",
        tags,
        params,
        response: { 200: UserLoginType },
      },
    },
    async (request) => {
      const { subject } = userOf(request);
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      if (user.id !== subject.id) throw new NotAllowedError("you can see only your own login type");
      return { login_type: (await getPersonal(access, user.id)).login_type };
    },
  );
}
