import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { serveDaemons } from "#test/contracts/daemon.ts";
import { newSqlite } from "#test/contracts/databases.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { makeTemplate, pushVersion } from "#test/contracts/template.ts";
import { openWorld } from "#test/contracts/world.ts";
import { ForbiddenError, InUseError, NotFoundError } from "../errors.ts";
import { deleteTemplate } from "./delete-template.ts";
import { getTemplate } from "./read-templates.ts";

test("a deleted template is found no more, and its name is free", async () => {
  const world = await openCommandWorld();
  const { access } = world.owner;
  const { id } = await storedTemplate(world);
  await world.entries();
  await deleteTemplate(access, id);
  await expect(getTemplate(access, id)).rejects.toThrow(NotFoundError);
  await expect(deleteTemplate(access, id)).rejects.toThrow(NotFoundError);
  const [entry, ...others] = await world.entries();
  expect([entry?.action, entry?.diff.name, others]).toEqual(["delete", { old: "dev", secret: false }, []]);
  expect((await storedTemplate(world)).id).not.toBe(id);
});

test("it stays while a workspace uses it, until that is gone", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  await storedWorkspace(world, { access, ownerId: user.id, template });
  await expect(deleteTemplate(access, template.id)).rejects.toThrow(InUseError);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(deleteTemplate(access, template.id)).resolves.toBeUndefined();
});

test("it is refused openly to who may use it", async () => {
  const world = await openCommandWorld();
  const { id } = await storedTemplate(world);
  const { access } = await world.person("milo");
  await expect(deleteTemplate(access, id)).rejects.toThrow(ForbiddenError);
});

test("imports of its versions end, and no other job", async () => {
  const world = await openWorld(newSqlite);
  const { asOwner } = world;
  const one = (await serveDaemons(world)).daemon();
  const template = await makeTemplate(world, one);
  const running = await pushVersion(world, { templateId: template.id });
  await one.acquire();
  const pending = await pushVersion(world, { templateId: template.id });
  const other = await pushVersion(world);
  await asOwner.templates.delete(template.id);
  const { jobs } = world.store.system;
  const statuses = await Promise.all([pending, running, other].map(async ({ job }) => (await jobs.get(job.id)).job_status));
  expect(statuses).toEqual(["canceled", "canceling", "pending"]);
  expect((await jobs.logs(pending.job.id)).map(({ output }) => output)).toEqual([
    "The template was deleted, so the import of its version was canceled.",
  ]);
  expect((await one.client.updateJob({ jobId: running.job.id }, one.options)).canceled).toBe(true);
});
