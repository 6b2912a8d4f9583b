import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { answerChecks, explainCheck, explanationOf } from "./authcheck.ts";
import { FOREIGN_TYPES } from "./foreign-types.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const milo = await world.person("milo");
  const { workspace } = await storedWorkspace(world, { ...milo, ownerId: milo.user.id, template });
  const check = (action: string, resource_type: string, more: object = {}) => ({ action, object: { resource_type, ...more } });
  return { world, template, milo, workspace, check };
}

describe("answers", () => {
  test("are what the store would decide, on what exists and on what might", async () => {
    const { world, template, milo, workspace, check } = await open();
    const organization_id = world.organizationId;
    const answers = await answerChecks(milo.access, {
      own: check("update", "workspace", { resource_id: workspace.id }),
      create: check("create", "workspace", { owner_id: "me", organization_id }),
      createForOthers: check("create", "workspace", { owner_id: world.owner.user.id, organization_id }),
      use: check("use", "template", { resource_id: template.id }),
      change: check("update", "template", { resource_id: template.id }),
      anywhere: check("create", "workspace", { owner_id: "me", any_org: true }),
    });
    expect(answers).toEqual({ own: true, create: true, createForOthers: false, use: true, change: false, anywhere: true });
  });

  test("are no for what is hidden, missing, foreign, or no action of its type", async () => {
    const { world, milo, check } = await open();
    const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
    const [foreign = ""] = FOREIGN_TYPES;
    const answers = await answerChecks(milo.access, {
      hidden: check("read", "template", { resource_id: hidden.id }),
      missing: check("read", "template", { resource_id: "5ca1ab1e-0000-4000-8000-000000000000" }),
      group: check("read", "group", { resource_id: "5ca1ab1e-0000-4000-8000-000000000000" }),
      foreign: check("read", foreign),
      fly: check("fly", "workspace", { owner_id: "me", organization_id: world.organizationId }),
      both: check("create", "workspace", { owner_id: "me", organization_id: world.organizationId, any_org: true }),
    });
    expect(new Set(Object.values(answers))).toEqual(new Set([false]));
  });

  test("are not given to questions that mean nothing, and not to too many", async () => {
    const { milo, check } = await open();
    for (const [wrong, field] of [
      [check("read", "moon"), "checks.a.object.resource_type"],
      [check("read", ""), "checks.a.object.resource_type"],
      [check("read", "api_key", { resource_id: "0123456789" }), "checks.a.object.resource_id"],
    ] as const)
      await expect(answerChecks(milo.access, { a: wrong })).rejects.toMatchObject({ code: "invalid_input", fields: [{ field }] });
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`${at}`, check("read", "workspace")]));
    await expect(answerChecks(milo.access, many)).rejects.toThrow(InvalidInputError);
  });
});

describe("an explanation", () => {
  test("of a refusal says which parts refused, how the roles voted, and the smallest scope that would do", async () => {
    const { world, milo, template, check } = await open();
    const narrow = await world.accessOf(milo.user.id, { scopes: ["workspace:read"] });
    const explained = explanationOf(
      narrow.subject,
      await explainCheck(narrow, check("create", "workspace", { owner_id: "me", organization_id: world.organizationId })),
      "words",
    );
    expect(explained).toMatchObject({
      allowed: false,
      refused_by: ["scope"],
      detail: "words",
      smallest_scope: "workspace:create",
      permission: "workspace:create",
      scope: { names: ["workspace:read"], allow_list: ["*:*"] },
      ceilings: [],
    });
    expect(explained).not.toHaveProperty("votes");
    const byRole = await explainCheck(milo.access, check("update", "template", { resource_id: template.id }));
    expect(explanationOf(milo.access.subject, byRole, undefined)).toMatchObject({ refused_by: ["role"], votes: { site: 0 } });
  });

  test("of what is allowed names nothing that refused", async () => {
    const { milo, workspace, check } = await open();
    const allowed = await explainCheck(milo.access, check("read", "workspace", { resource_id: workspace.id }));
    expect(explanationOf(milo.access.subject, allowed, undefined)).toMatchObject({ allowed: true, refused_by: [] });
  });

  test("is not given of what is hidden or foreign, nor of an action that there is not", async () => {
    const { world, milo, check } = await open();
    const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
    const [foreign = ""] = FOREIGN_TYPES;
    await expect(explainCheck(milo.access, check("read", "template", { resource_id: hidden.id }))).rejects.toThrow(NotFoundError);
    await expect(explainCheck(milo.access, check("read", foreign))).rejects.toThrow(NotFoundError);
    await expect(explainCheck(milo.access, check("fly", "workspace"))).rejects.toMatchObject({ fields: [{ field: "action" }] });
    const both = { organization_id: world.organizationId, any_org: true };
    await expect(explainCheck(milo.access, check("read", "workspace", both))).rejects.toMatchObject({
      fields: [{ field: "object.any_org" }],
    });
  });
});
