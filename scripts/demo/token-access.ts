/** What an API token that was cut down to one workspace gets. */
import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";

export interface TokenAccess {
  readonly scopes: readonly string[];
  readonly allow_list: readonly string[];
  /** Statuses: of looking at its workspace, and of deleting it. */
  readonly read: number;
  readonly delete: number;
  /** What the server says of the refusal. */
  readonly detail: string;
}

/** Mints a token of the kind that a program gets to operate one workspace, and asks with it for what it may and what it may not do. */
export async function probeToken(client: Client, workspaceId: string, signal: AbortSignal): Promise<TokenAccess> {
  const scopes = ["coder:workspaces.operate"];
  const allowList = [`workspace:${workspaceId}`];
  const { key } = await client.createToken("me", { token_name: "demo", lifetime: HOUR_NS, scopes, allow_list: allowList }, { signal });
  const bot = new Client(client.url, { sessionToken: key });
  await bot.getWorkspace(workspaceId, { signal });
  const refusal = await bot.createWorkspaceBuild(workspaceId, { transition: "delete" }, { signal }).catch((error: unknown) => error);
  if (!(refusal instanceof ApiError)) throw new Error("a token without workspace:delete began to delete its workspace", { cause: refusal });
  return { scopes, allow_list: allowList, read: 200, delete: refusal.status, detail: refusal.detail };
}

const HOUR_NS = 3_600_000_000_000;
