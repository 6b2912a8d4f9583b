import { getHeapStatistics } from "node:v8";
import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { type AuthzObject, templateObject, workspaceObject } from "#authz/object.ts";
import type { Action } from "#authz/resource-types.ts";
import { rolesOf } from "#authz/roles.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import { ORG } from "./subjects.fixture.ts";

const ids = Array.from({ length: 100 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
const workspaces = ids.map((id) => workspaceObject({ id, ownerId: "ann", organizationId: ORG }));
const template = templateObject({ id: "t", organizationId: ORG, groupAcl: { g2: ["use", "read"] } });

/** A subject in a hundred organizations, with a hundred entries, under a ceiling. */
function restricted(scope: string): Subject {
  const effective = effectiveScope(
    [scope],
    ids.map((id) => ({ type: "workspace", id })),
  );
  if (effective.kind === "unknown") throw new Error("expected a scope");
  const organizations = [ORG, ...ids].map((organizationId) => ({ organizationId, roles: [] }));
  return userSubject({
    id: "ann",
    roles: rolesOf({ site: [], organizations }, () => {}),
    groups: ["g1", "g2"],
    scope: effective.scope,
    ceilings: [effective.scope],
  });
}

const DECISIONS = 300_000;
const SMALLEST_OBJECT_BYTES = 12;

const CASES: readonly [why: string, Subject, Action, readonly AuthzObject[]][] = [
  ["an own workspace that the list names", restricted("coder:workspaces.operate"), "start", workspaces],
  ["a template that is shared with a group, by a composite's default", restricted("coder:workspaces.create"), "read", [template]],
];
for (const [why, subject, action, objects] of CASES) {
  test(`allowing ${why} allocates no memory`, () => {
    const run = (times: number): void => {
      for (let n = 0; n < times; n++) {
        const object = objects[n % objects.length];
        if (object === undefined || decide(subject, action, object).kind !== "allowed") throw new Error("expected to be allowed");
      }
    };
    const rounds = Array.from({ length: 4 }, () => {
      const before = getHeapStatistics().total_allocated_bytes;
      run(DECISIONS);
      return getHeapStatistics().total_allocated_bytes - before;
    });
    // The first rounds include what V8 itself allocates for new code; reading the statistics takes about 100 kB each time.
    expect(Math.min(...rounds) / DECISIONS).toBeLessThan(SMALLEST_OBJECT_BYTES / 3);
  });
}
