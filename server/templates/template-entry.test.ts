import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { templateEntry } from "./template-entry.ts";
import { versionEntry } from "./version-entry.ts";

test("entries about a template and its versions stand in its organization, and a version's says which template", async () => {
  const world = await openCommandWorld();
  const { organizationId } = world;
  const template = await storedTemplate(world, { settings: { icon: "/a.png" } });
  expect(templateEntry(template, "write")).toEqual({
    action: "write",
    resourceType: "template",
    resourceId: template.id,
    target: "dev",
    icon: "/a.png",
    organizationId,
  });
  const version = await importedVersion(world, { name: "v1", templateId: template.id });
  const about = { action: "create", resourceType: "template_version", target: "v1", organizationId };
  expect(versionEntry(version, "create")).toEqual({ ...about, resourceId: version.id, additional: { template_id: template.id } });
  expect(versionEntry({ ...version, template_id: null }, "create").additional).toEqual({});
});
