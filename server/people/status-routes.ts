import { Type } from "typebox";
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

/** By the last part of the path. */
const CHANGES: Readonly<Record<string, StatusChange>> = {
  suspend: {
    to: "suspended",
    operationId: "suspendUser",
    summary: "Suspends a user",
    description:
      "The user's keys, and the agents of the user's workspaces, open nothing from the next request on. Not oneself, and no owner.",
  },
  activate: {
    to: "active",
    operationId: "activateUser",
    summary: "Ends a user's suspension",
    description: "Keys that have not expired open again what they opened before.",
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
          params: Type.Object({ user: Type.String() }),
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
