import { expect, test } from "vitest";
import { runsCode } from "./code-rights.ts";
import { on } from "./permission.ts";
import { assignableRoles } from "./roles.ts";
import { CATALOG } from "./scope-catalog.ts";
import { ORG, user } from "./subjects.fixture.ts";

const AS_GOOD_AS_CODE = /as good as code on the server/;

test("each scope that is as good as code on the server says so, and no other", () => {
  expect(CATALOG.filter(({ description }) => AS_GOOD_AS_CODE.test(description)).map(({ name }) => name)).toEqual([
    "coder:all",
    "coder:templates.author",
    "coder:templates.push",
    "template:*",
    "template:create",
    "template:update",
  ]);
});

test("each role that is as good as code on the server says so, and no other", () => {
  const roles = [...assignableRoles(user("ann")), ...assignableRoles(user("ann"), ORG)];
  expect(roles.filter(({ description }) => AS_GOOD_AS_CODE.test(description)).map(({ name }) => name)).toEqual([
    "owner",
    "template-admin",
    "organization-admin",
    "organization-template-admin",
  ]);
});

test.each([
  { permissions: on("provisioner_daemon", "create"), runs: true },
  { permissions: on("template", "read", "use", "delete", "view_insights"), runs: false },
  { permissions: on("file"), runs: false },
  { permissions: on("workspace"), runs: false },
  { permissions: [{ type: "*" as const, action: "*" as const }], runs: true },
  { permissions: [{ type: "*" as const, action: "read" as const }], runs: false },
  { permissions: [{ type: "template" as const, action: "update" as const, negate: true as const }], runs: false },
])("of $permissions it is $runs", ({ permissions, runs }) => expect(runsCode(permissions)).toBe(runs));
