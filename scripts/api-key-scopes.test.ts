import { expect, test } from "vitest";
import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { apiKeyScopes } from "./api-key-scopes.ts";

const constants = new Map([...apiKeyScopes().matchAll(/^ {2}(\w+): "([^"]+)",$/gm)].map(([, name = "", scope = ""]) => [name, scope]));

test("every public scope has a constant of its own, with a comment", () => {
  expect([...constants.values()].toSorted()).toEqual([...PUBLIC_SCOPES].toSorted());
  expect(apiKeyScopes().match(/^ {2}\/\*\* \S.* \*\/$/gm)).toHaveLength(constants.size);
});

for (const { name, scope } of [
  { name: "WorkspaceRead", scope: "workspace:read" },
  { name: "WorkspaceAll", scope: "workspace:*" },
  { name: "UserReadPersonal", scope: "user:read_personal" },
  { name: "CoderWorkspacesCreate", scope: "coder:workspaces.create" },
])
  test(`${scope} is called ${name}`, () => expect(constants.get(name)).toBe(scope));
