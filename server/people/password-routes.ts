import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { UpdateUserPasswordRequest, ValidateUserPasswordRequest, ValidateUserPasswordResponse } from "#sdk/users.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { perMinute, type RateLimits } from "../http/rate-limit.ts";
import { changePassword, parsePasswordChange } from "./change-password.ts";
import { passwordProblem } from "./password-rules.ts";
import { userInPath } from "./user-in-path.ts";

const tags = ["Users"];

/** Routes that need no credential. */
export function passwordCheckRoutes(app: App): void {
  app.post(
    "/api/v2/users/validate-password",
    {
      schema: {
        operationId: "validatePassword",
        summary: "Check whether a new password would be strong enough",
        tags,
        body: ValidateUserPasswordRequest,
        response: { 200: ValidateUserPasswordResponse },
      },
    },
    async (request) => {
      const problem = passwordProblem(request.body.password);
      return { valid: problem === undefined, details: problem ?? "" };
    },
  );
}

export function userPasswordRoutes(app: App, { rateLimits }: { readonly rateLimits: RateLimits }): void {
  app.put(
    "/api/v2/users/:user/password",
    {
      config: {
        ...perMinute(rateLimits.login),
        needs: [
          USER_IN_PATH,
          "user:update_personal on {user} or 403/404, if it is the caller",
          "user:update on {user} or 404, if it is not the caller",
          "assign_role:assign on the site's roles or 403, if it is not the caller and has roles",
          "assign_org_role:assign on the organization's roles or 403, if it is not the caller and has roles in an organization",
        ],
      },
      schema: {
        operationId: "updateUserPassword",
        summary: "Set a user's password",
        description:
          "Requires a session or a token that may do everything, and for one's own password also the old one. For another user, " +
          "the caller must be able to give all roles that the user has. All keys of the user end, including the calling one if it is the user's.",
        tags,
        params: Type.Object({ user: Text("name") }),
        body: UpdateUserPasswordRequest,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      await changePassword(access, user.id, parsePasswordChange(request.body));
      return reply.code(204).send(null);
    },
  );
}
