import { Check } from "typebox/value";
import { WorkspaceStatus } from "#sdk/workspace-builds.ts";
import type { Workspace as WorkspaceJson } from "#sdk/workspaces.ts";
import { InvalidInputError } from "../errors.ts";
import { parseSearch, searchBoolean } from "../input/search.ts";

const KEYS = ["id", "owner", "name", "template", "organization", "status", "outdated", "dormant", "healthy"] as const;

/** A parsed query of the workspace list. */
export interface WorkspaceSearch {
  /** A username, an ID or `me`. */
  readonly owner: string | undefined;
  /** A part of the name; undefined if `exactName` is set. */
  readonly name: string | undefined;
  readonly exactName: string | undefined;
  /** Tells whether a workspace matches the rest of the query. */
  matches(workspace: WorkspaceJson): boolean;
  /** Whether `matches` must be called: without conditions it is always true. */
  readonly needsMatching: boolean;
}

/** @throws InvalidInputError that names the key */
export function parseWorkspaceSearch(query: string): WorkspaceSearch {
  const { owner, name, ...terms } = parseSearch(query, "name", KEYS);
  const tests: ((workspace: WorkspaceJson) => boolean)[] = [];
  const { id, template, organization, status, outdated, dormant, healthy } = terms;
  if (id !== undefined) tests.push((workspace) => workspace.id === id);
  if (template !== undefined) tests.push((workspace) => workspace.template_name.toLowerCase() === template);
  if (organization !== undefined)
    tests.push((workspace) => workspace.organization_name.toLowerCase() === organization || workspace.organization_id === organization);
  if (status !== undefined) {
    if (!Check(WorkspaceStatus, status))
      throw new InvalidInputError("query parameters have invalid values", [
        { field: "status", detail: `Must be one of: ${WorkspaceStatus.enum.join(", ")}.` },
      ]);
    tests.push((workspace) => workspace.latest_build.status === status);
  }
  if (outdated !== undefined) {
    const wanted = searchBoolean("outdated", outdated);
    tests.push((workspace) => workspace.outdated === wanted);
  }
  if (dormant !== undefined) {
    const wanted = searchBoolean("dormant", dormant);
    tests.push((workspace) => (workspace.dormant_at !== null) === wanted);
  }
  if (healthy !== undefined) {
    const wanted = searchBoolean("healthy", healthy);
    tests.push((workspace) => workspace.health.healthy === wanted);
  }
  const [before, after, ...rest] = (name ?? "").split("/");
  const isOwnerAndName = after !== undefined && rest.length === 0 && before !== "" && after !== "";
  return {
    owner: isOwnerAndName ? before : owner,
    name: isOwnerAndName ? undefined : name,
    exactName: isOwnerAndName ? after : undefined,
    needsMatching: tests.length > 0,
    matches: (workspace) => tests.every((test) => test(workspace)),
  };
}
