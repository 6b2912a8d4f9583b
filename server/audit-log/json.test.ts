import { describe, expect, test } from "vitest";
import { AuditAction, AuditResourceType } from "#sdk/audit.ts";
import { AuditLogId, NIL_UUID } from "../ids.ts";
import { auditLogJson } from "./json.ts";
import type { AuditLogEntry } from "./rows.ts";

const ENTRY: AuditLogEntry = {
  number: 1,
  id: AuditLogId.parse("11111111-0000-4000-8000-000000000001"),
  time: new Date(0),
  user_id: null,
  api_key_id: "",
  organization_id: null,
  ip: "192.0.2.7",
  user_agent: "a test",
  resource_type: "template",
  resource_id: "22222222-0000-4000-8000-000000000002",
  resource_target: "dev",
  resource_icon: "",
  action: "write",
  diff: {},
  status_code: 200,
  additional_fields: {},
  request_id: NIL_UUID,
  user: undefined,
  organization: undefined,
  resource: { name: "dev" },
};
const json = (more: Partial<AuditLogEntry>) => auditLogJson({ ...ENTRY, ...more });

test("an entry of nobody, in no organization, has neither, and zeros in the organization's place", () => {
  const { user, organization_id, ...rest } = json({});
  expect([user, organization_id, "organization" in rest]).toEqual([null, NIL_UUID, false]);
});

describe("the link", () => {
  const workspace = { owner: "ann", name: "my ws" };
  for (const { type, resource, link } of [
    { type: "template", resource: { name: "a/b" }, link: "/templates/a%2Fb" },
    { type: "template_version", resource: { name: "v1", templateName: "dev" }, link: "/templates/dev/versions/v1" },
    { type: "template_version", resource: { name: "v1", templateName: null }, link: "" },
    { type: "user", resource: { name: "ann" }, link: "/users?filter=ann" },
    { type: "organization", resource: { name: "lab" }, link: "/organizations/lab" },
    { type: "workspace", resource: { workspace }, link: "/@ann/my%20ws" },
    { type: "workspace_agent", resource: { workspace }, link: "/@ann/my%20ws" },
    { type: "workspace_build", resource: { workspace, buildNumber: 3 }, link: "/@ann/my%20ws/builds/3" },
    { type: "api_key", resource: {}, link: "" },
  ] satisfies readonly { type: AuditLogEntry["resource_type"]; resource: AuditLogEntry["resource"]; link: string }[])
    test(`of a ${type} is ${JSON.stringify(link)}`, () => expect(json({ resource_type: type, resource }).resource_link).toBe(link));

  test("leads nowhere when what it was about is gone", () => expect(json({ resource: undefined }).resource_link).toBe(""));
});

test("what was done is gone when it cannot be found, and what was refused never was there", () => {
  expect(json({}).is_deleted).toBe(false);
  expect(json({ resource: undefined }).is_deleted).toBe(true);
  expect(json({ resource: undefined, status_code: 403 }).is_deleted).toBe(false);
  const key = { resource_type: "api_key", resource: undefined } as const;
  expect([json(key).is_deleted, json({ ...key, additional_fields: { key_id: "0123456789" } }).is_deleted]).toEqual([false, true]);
});

describe("the description", () => {
  test("says who did what to what, and what was refused or failed differently", () => {
    const texts = [
      json({}),
      json({ status_code: 403 }),
      json({ action: "login", resource_type: "api_key", resource_target: "ann" }),
      json({ resource_type: "workspace_build", action: "start" }),
      json({ resource_type: "workspace_build", action: "start", status_code: 500 }),
      json({ resource_type: "workspace_build", action: "delete" }),
      json({ resource_type: "workspace_build", action: "write", additional_fields: { build_number: "3" } }),
    ].map(({ description }) => description);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts[0]).toMatch(/template dev$/);
    expect(texts[2]).not.toContain("ann");
    expect(texts.at(-1)).toContain("3");
  });

  test("can be written of every action on every kind of resource", () => {
    for (const action of AuditAction.enum)
      for (const resource_type of AuditResourceType.enum)
        for (const status_code of [200, 403, 500])
          expect(
            json({ action, resource_type, status_code, additional_fields: { build_number: "3" } }).description,
            `${action} ${resource_type}`,
          ).not.toMatch(/undefined|null| $/);
  });
});
