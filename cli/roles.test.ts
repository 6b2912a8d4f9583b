import { expect, test } from "vitest";
import type { AssignableRoles } from "#sdk/roles.ts";
import { describeRoles } from "./roles.ts";

const role = (name: string, assignable: boolean) => ({ name, display_name: name.toUpperCase(), assignable }) as AssignableRoles;

test("lists the roles that the caller may give, and no others", () => {
  expect(describeRoles([role("owner", false), role("auditor", true)])).toEqual([expect.any(String), "\tauditor: AUDITOR"]);
});

test("has one line where there is none", () => {
  expect(describeRoles([role("owner", false)])).toHaveLength(1);
  expect(describeRoles([]).join()).not.toContain("\t");
});
