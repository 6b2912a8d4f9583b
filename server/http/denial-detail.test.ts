import { expect, test } from "vitest";
import type { DenialReason, Refusal } from "#authz/denial.ts";
import { denialDetail } from "./denial-detail.ts";

const VOTES = { site: 0, user: 0, org: 0, member: 0 } as const;

function detail(refusedBy: readonly Refusal[], more: Partial<DenialReason> = {}): string {
  return denialDetail({ action: "start", type: "workspace", id: "w-1", smallestScope: undefined, refusedBy, ...more });
}

test("says the permission, and each part that refused, in the order in which they did", () => {
  const text = detail([
    { by: "role", votes: VOTES },
    { by: "scope", names: ["workspace:read"] },
    { by: "allow_list" },
    { by: "boundary", names: ["template:read"], because: ["scope"] },
  ]);
  expect(text).toMatch(/^needs `workspace:start`: role: .*; scope: .*; allow list: .*; boundary: /);
});

test("names the smallest scope that would do, if there is one", () => {
  const refused: readonly Refusal[] = [{ by: "scope", names: ["workspace:read"] }];
  expect(detail(refused, { smallestScope: "workspace:start" })).toMatch(/\(the smallest that does is `workspace:start`\)$/);
  expect(detail(refused).match(/`/g)).toHaveLength(2);
});

test("tells an agent's user of the agent's own scope, since no other scope would help", () => {
  expect(detail([{ by: "scope", names: ["no_user_data"] }], { smallestScope: "workspace:start" })).toContain("`api_key_scope`");
});

test("says which entry would admit what has no id yet", () => {
  expect(detail([{ by: "allow_list" }], { id: undefined })).toContain("`workspace:*`");
  expect(detail([{ by: "allow_list" }])).not.toContain("`workspace:*`");
});

test("never tells which object it was, and what a boundary holds", () => {
  const text = detail([{ by: "allow_list" }, { by: "boundary", names: ["template:delete"], because: ["scope", "allow_list"] }]);
  expect(text).not.toMatch(/w-1|template:delete/);
});
