import { describe, expect, test } from "vitest";
import { organizationMemberObject, userObject, workspaceObject } from "#authz/object.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { ORG, OTHER_ORG, user } from "#authz/subjects.fixture.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { createGuard } from "./guard.ts";

const own = workspaceObject({ id: "w", ownerId: "ann", organizationId: ORG });
const foreign = workspaceObject({ id: "x", ownerId: "bob", organizationId: ORG });
/** May be read, and nothing more. */
const shared = workspaceObject({ id: "s", ownerId: "bob", organizationId: ORG, userAcl: { ann: ["read"] } });

function guardOf(subject = user("ann")) {
  const allowed: string[] = [];
  const asked: string[] = [];
  const guard = createGuard(subject, {
    onAllowed: (_subject, action, { type, id = "" }) => allowed.push(`${action} ${type} ${id}`.trim()),
    onAsked: (manner, action, type) => asked.push(`${manner} ${action} ${type}`),
  });
  return { guard, allowed, asked };
}

function scoped(...names: string[]) {
  const effective = effectiveScope(names, [{ type: "*", id: "*" }]);
  if (effective.kind === "unknown") throw new Error(`unknown scope ${names}`);
  return user("ann", [], effective.scope);
}

describe("what may not be read", () => {
  test("is missing, whatever was to be done with it", () => {
    const { guard, allowed } = guardOf();
    expect(() => guard.read(foreign, "workspace")).toThrow(NotFoundError);
    expect(() => guard.require("update", foreign, "workspace")).toThrow(NotFoundError);
    expect(allowed).toEqual([]);
  });

  test("is refused openly where its existence is no secret", () => {
    expect(() => guardOf().guard.requireOpenly("create", { type: "workspace", ownerId: "bob", organizationId: ORG })).toThrow(
      ForbiddenError,
    );
  });
});

describe("what may be read", () => {
  test("is refused openly when more is asked for, and that counts as no use of the right to read", () => {
    const { guard, allowed } = guardOf();
    expect(() => guard.read(shared, "workspace")).not.toThrow();
    expect(() => guard.require("update", shared, "workspace")).toThrow(ForbiddenError);
    expect(allowed).toEqual(["read workspace s"]);
  });

  test("is done when it may be done, and each use is told with its object", () => {
    const { guard, allowed, asked } = guardOf();
    guard.require("start", own, "workspace");
    guard.requireOpenly("create", { type: "workspace", ownerId: "ann", organizationId: ORG });
    expect(allowed).toEqual(["start workspace w", "create workspace"]);
    expect(asked).toEqual(["require start workspace", "open create workspace"]);
  });
});

test("one's own user is no secret, even from a scope that leaves users out", () => {
  const { guard } = guardOf(scoped("workspace:read"));
  expect(() => guard.require("read_personal", userObject("ann"), "user")).toThrow(ForbiddenError);
  expect(() => guard.require("read_personal", userObject("bob"), "user")).toThrow(NotFoundError);
  expect(() => guard.read(userObject("ann"), "user")).toThrow(NotFoundError);
});

describe("what a right on something else shows, too", () => {
  test("is shown by any of them, and the others are looked up only if they are needed", async () => {
    const { guard } = guardOf();
    let lookedUp = 0;
    const others = async () => {
      lookedUp++;
      return [foreign, shared];
    };
    await guard.readOr(own, { action: "read", on: others }, "file");
    expect(lookedUp).toBe(0);
    await guard.readOr(foreign, { action: "read", on: others }, "file");
    expect(lookedUp).toBe(1);
  });

  test("is missing when none of them leads there", async () => {
    await expect(guardOf().guard.readOr(foreign, { action: "update", on: async () => [foreign] }, "file")).rejects.toThrow(NotFoundError);
    await expect(guardOf().guard.readOr(foreign, { action: "update", on: async () => [] }, "file")).rejects.toThrow(NotFoundError);
    // May be read, which is not what was asked of it.
    await expect(guardOf().guard.readOr(foreign, { action: "update", on: async () => [shared] }, "file")).rejects.toThrow(NotFoundError);
  });
});

test("what only may matter is answered, and its use told", () => {
  const { guard, allowed } = guardOf();
  expect([guard.allows("update", own), guard.allows("update", foreign)]).toEqual([true, false]);
  expect(allowed).toEqual(["update workspace w"]);
});

test("what comes with an answer is asked about, and no use of the right", () => {
  const { guard, allowed, asked } = guardOf();
  expect([guard.shows("ssh", own), guard.shows("ssh", foreign)]).toEqual([true, false]);
  expect([allowed, asked]).toEqual([[], ["may ssh workspace", "may ssh workspace"]]);
});

test("a filter says which objects, and its use is told by whoever has shown something", () => {
  const { guard, allowed, asked } = guardOf();
  const filter = guard.filter("read", "workspace");
  expect(JSON.stringify(filter)).toContain("ann");
  expect(allowed).toEqual([]);
  guard.used("read", "workspace");
  expect([allowed, asked]).toEqual([["read workspace"], ["list read workspace"]]);
});

test("a member of one organization learns nothing of those of another", () => {
  const { guard } = guardOf(user("ann", [`organization-admin:${ORG}`]));
  expect(guard.allows("read", organizationMemberObject({ userId: "bob", organizationId: ORG }))).toBe(true);
  expect(guard.allows("read", organizationMemberObject({ userId: "bob", organizationId: OTHER_ORG }))).toBe(false);
});
