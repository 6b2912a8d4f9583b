import { Type } from "typebox";
import { GitSSHKey } from "#sdk/git-ssh-keys.ts";
import { Text } from "#sdk/limits.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import type { GitSshKey } from "./git-ssh-keys.ts";
import { getGitSshKey } from "./read-git-ssh-key.ts";
import { regenerateGitSshKey } from "./regenerate-git-ssh-key.ts";
import { userInPath } from "./user-in-path.ts";

const path = "/api/v2/users/:user/gitsshkey";
const tags = ["Users"];
const params = Type.Object({ user: Text("name") });

export function gitSshKeyRoutes(app: App): void {
  app.get(
    path,
    {
      config: { needs: [USER_IN_PATH, "user:read_personal on {user} or 403/404"] },
      schema: {
        operationId: "getUserGitSshKey",
        summary: "Get a user's public Git SSH key",
        tags,
        params,
        response: { 200: GitSSHKey },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return gitSshKeyJson(await getGitSshKey(access, user.id));
    },
  );

  app.put(
    path,
    {
      config: { needs: [USER_IN_PATH, "user:update_personal on {user} or 403/404"] },
      schema: {
        operationId: "regenerateUserGitSshKey",
        summary: "Replace a user's Git SSH key with a new one",
        tags,
        params,
        response: { 200: GitSSHKey },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return gitSshKeyJson(await regenerateGitSshKey(access, user.id));
    },
  );
}

function gitSshKeyJson(key: GitSshKey): GitSSHKey {
  return {
    user_id: key.user_id,
    created_at: key.created_at.toISOString(),
    updated_at: key.updated_at.toISOString(),
    public_key: key.public_key,
  };
}
