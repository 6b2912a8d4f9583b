import type { Context } from "../access/context.ts";
import { workspaceObjectOf } from "../access/objects.ts";
import { noteDormant, permittedWorkspaces } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId, WorkspaceId } from "../ids.ts";
import {
  countWorkspaces,
  findWorkspace,
  findWorkspaceByOwnerAndName,
  findWorkspaces,
  type Workspace,
  type WorkspaceFilter,
} from "./rows.ts";

/** Returns a workspace, even a deleted one if the caller may read it: check `deleted`. */
export const getWorkspace = ruled("workspaces.get", async (context, id: WorkspaceId) =>
  readable(context, await findWorkspace(context.db, id)),
);

/** Returns the newest workspace with that name. @param includeDeleted default: false */
export const getWorkspaceByOwnerAndName = ruled(
  "workspaces.getByOwnerAndName",
  async (context, ownerId: UserId, name: string, includeDeleted?: boolean) =>
    readable(context, await findWorkspaceByOwnerAndName(context.db, ownerId, name, { includeDeleted: includeDeleted ?? false })),
);

/** Lists workspaces by owner, then name, without deleted ones. `count` is the number of matches before limit and offset. */
export const listWorkspaces = ruled(
  "workspaces.list",
  async (context, filter: WorkspaceFilter = {}): Promise<{ readonly workspaces: readonly Workspace[]; readonly count: number }> => {
    const isListed = permittedWorkspaces(context, "read");
    const workspaces = await findWorkspaces(context, filter, isListed);
    noteDormant(
      context,
      "read",
      workspaces.map((workspace) => workspace.dormant_at),
    );
    const isWhole = (filter.limit ?? 0) === 0 && (filter.offset ?? 0) === 0;
    return { workspaces, count: isWhole ? workspaces.length : await countWorkspaces(context, filter, isListed) };
  },
);

function readable({ guard }: Context, row: Workspace | undefined): Workspace {
  if (row === undefined) throw new NotFoundError("workspace");
  guard.read(workspaceObjectOf(row), "workspace");
  return row;
}
