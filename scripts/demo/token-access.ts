/** The access of an API token that is limited to one workspace. */
import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";

export interface TokenAccess {
  readonly scopes: readonly string[];
  readonly allow_list: readonly string[];
  /** The statuses of reading the workspace and of deleting it. */
  readonly read: number;
  readonly delete: number;
  /** The server's reason for the refusal. */
  readonly detail: string;
}

/** Creates a token as for a program that operates one workspace, and tries with it what it may and what it may not do. */
export async function probeToken(client: Client, workspaceId: string, signal: AbortSignal): Promise<TokenAccess> {
  const scopes = ["coder:workspaces.operate"];
  const allowList = [`workspace:${workspaceId}`];
  const { key } = await client.createToken("me", { token_name: "demo", lifetime: HOUR_NS, scopes, allow_list: allowList }, { signal });
  const bot = new Client(client.url, { sessionToken: key });
  await bot.getWorkspace(workspaceId, { signal });
  const refusal = await bot.createWorkspaceBuild(workspaceId, { transition: "delete" }, { signal }).catch((error: unknown) => error);
  if (!(refusal instanceof ApiError))
    throw new Error("a token without workspace:delete could start to delete its workspace", { cause: refusal });
  return { scopes, allow_list: allowList, read: 200, delete: refusal.status, detail: refusal.detail };
}

const HOUR_NS = 3_600_000_000_000;
