import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { User } from "#sdk/users.ts";
import type { UserStatus } from "../database/tables/people.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { userJson } from "./json.ts";
import { setUserStatus } from "./set-user-status.ts";
import { userInPath } from "./user-in-path.ts";

interface StatusChange {
  readonly to: UserStatus;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
}

/** Keys are the last part of the path. */
const CHANGES: Readonly<Record<string, StatusChange>> = {
  suspend: {
    to: "suspended",
    operationId: "suspendUser",
    summary: "Suspend a user",
    description:
      "From the next request on, the user's keys and the agents of the user's workspaces are refused; running workspaces and builds go on. " +
      "Callers cannot suspend themselves or an owner.",
  },
  activate: {
    to: "active",
    operationId: "activateUser",
    summary: "End a user's suspension",
    description: "Keys that have not expired work again.",
  },
};

export function userStatusRoutes(app: App): void {
  for (const [verb, { to, operationId, summary, description }] of Object.entries(CHANGES))
    app.put(
      `/api/v2/users/:user/status/${verb}`,
      {
        config: { needs: [USER_IN_PATH, "user:update on {user} or 403/404"] },
        schema: {
          operationId,
          summary,
          description,
          tags: ["Users"],
          params: Type.Object({ user: Text("name") }),
          response: { 200: User },
        },
      },
      async (request) => {
        const access = accessOf(request);
        const user = await userInPath(request, request.params.user);
        return userJson(await setUserStatus(access, user.id, to));
      },
    );
}
