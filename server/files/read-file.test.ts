import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { FileId } from "../ids.ts";
import { insertTemplateVersion } from "../templates/create-template-version.ts";
import { getFile } from "./read-file.ts";

test("a file is for who uploaded it, and for whoever may update a template that was made of it", async () => {
  const world = await openCommandWorld();
  const { file_id } = (await pushedVersion(world)).job;
  const id = FileId.parse(file_id);
  const { access, user } = await world.person("milo");
  expect((await getFile(world.owner.access, id)).data.length).toBeGreaterThan(0);
  await expect(getFile(access, id)).rejects.toThrow(NotFoundError);
  const template = await storedTemplate(world);
  await expect(getFile(access, id), "who may use a template does not read its source").rejects.toThrow(NotFoundError);
  const share = (actions: readonly string[]) =>
    world.core.db
      .updateTable("templates")
      .set({ user_acl: { [user.id]: actions } })
      .where("id", "=", template.id)
      .execute();
  await share(["read", "use"]);
  await expect(getFile(access, id)).rejects.toThrow(NotFoundError);
  await share(["read", "update"]);
  expect((await getFile(access, id)).id).toBe(id);
  for (const scopes of [["template:read"], ["coder:workspaces.operate"], ["template:read", "template:use"]])
    await expect(getFile(await world.accessOf(user.id, { scopes }), id)).rejects.toThrow(NotFoundError);
  expect((await getFile(await world.accessOf(user.id, { scopes: ["template:update"] }), id)).id).toBe(id);
  await expect(getFile(access, FileId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
});

test("nobody makes a version of a file that they may not read", async () => {
  const world = await openCommandWorld();
  const { file_id } = (await pushedVersion(world)).job;
  await storedTemplate(world);
  const { user } = await world.person("tara", { roles: ["template-admin"] });
  const { organizationId } = world;
  const version = { organizationId, fileId: FileId.parse(file_id), provisioner: "terraform" } as const;
  const making = await world.accessOf(user.id, { scopes: ["template:create", "template:read"] });
  await expect(insertTemplateVersion(making, version)).rejects.toThrow(NotFoundError);
  const reading = await world.accessOf(user.id, { scopes: ["template:create", "template:read", "file:read"] });
  await expect(insertTemplateVersion(reading, version)).resolves.toMatchObject({ organization_id: organizationId });
});
